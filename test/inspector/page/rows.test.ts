import t from 'tap';

import type { Arrangement } from '../../../src/inspector/page/store/arrangement.js';
import { BY_AGE, sortedBy } from '../../../src/inspector/page/store/arrangement.js';
import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import { Rows } from '../../../src/inspector/page/store/rows.js';
import { searchTest } from '../../../src/inspector/page/store/search.js';
import { isNarrowed, selectionTest } from '../../../src/inspector/page/store/selection.js';
import type { Side } from '../../../src/inspector/page/store/transaction.js';
import {
  callRecord,
  finalStep,
  handlerRecord,
  sampleTraffic,
  START_MS,
  stepRecord,
} from '../../fixtures/inspection-records.js';

function sidesOf(store: InspectionStore): Side[] {
  return [...store.transactions()].flatMap(({ sides }) => sides);
}

/** The lines: the actor of a call, or the name and the size of a group. */
function linesOf(rows: Rows): (number | string)[] {
  return Array.from({ length: rows.lines }, (_, index) => {
    const { side, group } = rows.lineAt(index)!;
    return side?.record.actor ?? `${group!.name} ${group!.sides.length} ${group!.failed}`;
  });
}

function rowsOf(store: InspectionStore, search = '', arrangement: Partial<Arrangement> = {}): Rows {
  const rows = new Rows();
  store.takeChanged();
  rows.select(searchTest(search), { ...BY_AGE, ...arrangement }, sidesOf(store));
  return rows;
}

t.test('rows follow what comes, changes and leaves, newest first', (t) => {
  const store = new InspectionStore({ sides: 3 });
  const rows = rowsOf(store, 'state:queued,resolved');
  for (const actor of [1, 2, 3]) store.apply(callRecord({ actor }));
  rows.update(store.takeChanged());
  t.same(linesOf(rows), [3, 2, 1]);
  store.apply(stepRecord({ actor: 2, state: 'sent' }));
  rows.update(store.takeChanged());
  t.same(linesOf(rows), [3, 1], 'a row that is no longer found leaves');
  store.apply(finalStep({ actor: 2 }));
  rows.update(store.takeChanged());
  t.same(linesOf(rows), [3, 2, 1], 'and comes back to its place');
  store.apply(callRecord({ actor: 4 }));
  rows.update(store.takeChanged());
  t.same(linesOf(rows), [4, 3, 1], 'a call that left the store leaves the list');
  const third = rows.lineAt(1)!.side!;
  t.equal(rows.lineOf(third), 1);
  t.equal(rows.near(third, -1)?.record.actor, 4);
  t.equal(rows.near(third, 1)?.record.actor, 1);
  t.equal(rows.near(undefined, -1)?.record.actor, 4);
  t.end();
});

t.test('a request is no row of its own while its call is one', (t) => {
  const store = new InspectionStore();
  const rows = rowsOf(store, '-state:late');
  const kinds = () =>
    Array.from({ length: rows.lines }, (_, index) => rows.lineAt(index)!.side!.kind);
  store.apply(handlerRecord());
  rows.update(store.takeChanged());
  t.same(kinds(), ['handler'], 'its caller is not known');
  store.apply(callRecord());
  rows.update(store.takeChanged());
  t.same(kinds(), ['call'], 'its caller is known');
  store.apply(finalStep({ state: 'late' }));
  rows.update(store.takeChanged());
  t.same(kinds(), ['handler'], 'its call is no longer found');
  t.end();
});

t.test('a list that is held stands still, but loses what no longer belongs to it', (t) => {
  const store = new InspectionStore({ sides: 4 });
  const rows = rowsOf(store, '', { column: 'state' });
  for (const actor of [1, 2, 3]) store.apply(callRecord({ actor }));
  rows.update(store.takeChanged());
  rows.hold();
  store.apply(stepRecord({ actor: 3, state: 'awaiting' }));
  for (const actor of [4, 5]) store.apply(callRecord({ actor }));
  rows.update(store.takeChanged());
  t.same(linesOf(rows), [3, 2], 'the first call left the store');
  t.equal(rows.newer, 2);
  t.equal(rows.length, 2);
  rows.release();
  t.same(linesOf(rows), [3, 5, 4, 2], 'by state, and the newest first');
  t.equal(rows.newer, 0);
  rows.hold();
  store.apply(callRecord({ actor: 6 }));
  rows.update(store.takeChanged());
  rows.clear();
  t.equal(rows.length + rows.newer, 0, 'what has waited is forgotten, too');
  rows.release();
  t.equal(rows.length, 0);
  t.end();
});

t.test('rows are sorted by any column, and what has nothing there is last', (t) => {
  const store = new InspectionStore();
  const rttMs = [30, undefined, 10, 20];
  rttMs.forEach((ms, index) => {
    const actor = index + 1;
    store.apply(callRecord({ actor, procedure: actor % 2 === 0 ? 'even' : 'odd' }));
    if (ms !== undefined) store.apply(finalStep({ actor, outcome: { rttMs: ms } }));
  });
  let arrangement = sortedBy(BY_AGE, 'time');
  t.same(linesOf(rowsOf(store, '', arrangement)), [1, 4, 3, 2], 'the slowest first');
  arrangement = sortedBy(arrangement, 'time');
  t.same(linesOf(rowsOf(store, '', arrangement)), [3, 4, 1, 2], 'the fastest first');
  t.same(linesOf(rowsOf(store, '', sortedBy(BY_AGE, 'procedure'))), [4, 2, 3, 1]);
  t.same(linesOf(rowsOf(store, '', sortedBy(BY_AGE, 'age'))), [1, 2, 3, 4], 'the oldest first');
  t.end();
});

t.test('groups with most failures come first, and open to their rows', (t) => {
  const store = new InspectionStore();
  for (const actor of [1, 2, 3, 4, 5]) {
    store.apply(callRecord({ actor, peer: `10.0.0.${actor % 2}:1` }));
  }
  const rows = rowsOf(store, '', { grouping: 'peer' });
  t.same(linesOf(rows), ['10.0.0.0:1 2 0', '10.0.0.1:1 3 0']);
  store.apply(finalStep({ actor: 3, state: 'rejected' }));
  rows.update(store.takeChanged());
  t.same(linesOf(rows), ['10.0.0.1:1 3 1', '10.0.0.0:1 2 0']);
  rows.toggle(rows.lineAt(1)!.group!);
  t.same(linesOf(rows), ['10.0.0.1:1 3 1', '10.0.0.0:1 2 0', 4, 2]);
  const fourth = rows.lineAt(2)!.side!;
  t.equal(rows.lineOf(fourth), 2);
  t.equal(rows.near(undefined, 1), fourth, 'heads are stepped over');
  t.equal(rows.near(fourth, -1), fourth);
  t.equal(rows.length, 5, 'closed groups count');
  rows.select(searchTest('state:queued'), { ...BY_AGE, grouping: 'peer' }, sidesOf(store));
  t.same(linesOf(rows), ['10.0.0.0:1 2 0', 4, 2, '10.0.0.1:1 2 0'], 'what was open stays open');
  t.end();
});

t.test('the groups of outcomes change as calls end', (t) => {
  const store = new InspectionStore();
  for (const actor of [1, 2]) store.apply(callRecord({ actor }));
  const rows = rowsOf(store, '', { grouping: 'outcome' });
  t.same(linesOf(rows), ['open 2 0']);
  store.apply(finalStep({ actor: 1, state: 'late' }));
  store.apply(finalStep({ actor: 2 }));
  rows.update(store.takeChanged());
  t.same(linesOf(rows), ['timedOut 1 1', 'resolved 1 0']);
  t.end();
});

t.test('beyond a number of groups the others are in one', (t) => {
  const store = new InspectionStore();
  for (let actor = 1; actor <= 2_010; actor += 1) {
    store.apply(callRecord({ actor, procedure: `p${actor}` }));
  }
  const rows = rowsOf(store, '', { grouping: 'procedure' });
  t.equal(rows.lines, 2_001);
  t.equal(rows.length, 2_010);
  t.ok(linesOf(rows).includes('… others 10 0'));
  t.end();
});

for (const arrangement of [
  BY_AGE,
  { column: 'time', descending: true, grouping: undefined },
  { column: 'outcome', descending: false, grouping: undefined },
  { column: 'state', descending: false, grouping: 'outcome' },
  { column: 'attempts', descending: true, grouping: 'endpoint' },
] as const satisfies readonly Arrangement[]) {
  const name = `${arrangement.column}, ${String(arrangement.grouping)}`;
  t.test(`updated rows are the same as those of a new selection: ${name}`, (t) => {
    const search = '-state:resolved';
    const seed = 11;
    const store = new InspectionStore({ sides: 150 });
    const rows = rowsOf(store, search, arrangement);
    sampleTraffic(seed, 300).forEach((record, index) => {
      store.apply(record);
      if (index % 7 !== 0) return;
      if (index % 5 === 0) rows.hold();
      rows.update(store.takeChanged());
      rows.release();
      const again = rowsOf(store, search, arrangement);
      if (linesOf(rows).join() !== linesOf(again).join()) {
        t.same(linesOf(rows), linesOf(again), `seed ${seed}, after record ${index}`);
      }
    });
    t.end();
  });
}

t.test('a selection is of a range of time and of endpoints, too', (t) => {
  const store = new InspectionStore();
  store.apply(callRecord({ actor: 1, atMs: START_MS }));
  store.apply(callRecord({ actor: 2, atMs: START_MS + 1_000 }));
  store.apply(handlerRecord({ actor: 3, atMs: START_MS }));
  const all = { search: '', timeRange: undefined, endpoints: new Set<string>() };
  const found = (part: Partial<Parameters<typeof selectionTest>[0]>) =>
    sidesOf(store)
      .filter(selectionTest({ ...all, ...part }))
      .map(({ record }) => record.actor);
  t.same(found({}), [1, 2, 3]);
  t.same(found({ timeRange: { fromMs: START_MS, toMs: START_MS + 999 } }), [1, 3]);
  t.same(found({ endpoints: new Set(['server']) }), [3]);
  t.same(found({ search: 'kind:call', endpoints: new Set(['server']) }), []);
  t.notOk(isNarrowed({ ...all, search: ' ' }));
  t.ok(isNarrowed({ ...all, endpoints: new Set(['server']) }));
  t.end();
});

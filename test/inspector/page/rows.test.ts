import t from 'tap';

import type { Filter } from '../../../src/inspector/page/store/filter.js';
import { filterTest, isUnfiltered, NO_FILTER } from '../../../src/inspector/page/store/filter.js';
import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import { Rows } from '../../../src/inspector/page/store/rows.js';
import type { Side } from '../../../src/inspector/page/store/transaction.js';
import {
  callRecord,
  finalStep,
  handlerRecord,
  sampleTraffic,
  stepRecord,
  transactionIdOf,
} from '../../fixtures/inspection-records.js';

function sidesOf(store: InspectionStore): Side[] {
  return [...store.transactions()].flatMap(({ sides }) => sides);
}

function listed(rows: Rows): number[] {
  return Array.from({ length: rows.length }, (_, place) => rows.fromNewest(place)!.record.actor);
}

t.test('each part of a filter is tested', (t) => {
  const store = new InspectionStore();
  store.apply(callRecord({ procedure: 'sayhi', args: [{ name: 'Snake' }], peer: '10.0.0.1:1' }));
  store.apply(stepRecord({ attempt: 2, state: 'awaiting' }));
  store.apply(handlerRecord({ actor: 2 }));
  const [call, handler] = sidesOf(store) as [Side, Side];
  const passes = (part: Partial<Filter>, side = call) =>
    filterTest({ ...NO_FILTER, ...part })(side);
  t.ok(passes({}));
  t.notOk(passes({}, handler), 'calls only, if nothing else is said');
  t.ok(passes({ kind: 'both' }, handler));
  t.ok(passes({ states: new Set(['awaiting']) }));
  t.notOk(passes({ states: new Set(['resolved']) }));
  t.ok(passes({ peer: '10.0.0.1:1' }));
  t.notOk(passes({ peer: '10.0.0.1:11' }));
  t.notOk(passes({ procedure: 'say' }));
  t.ok(passes({ repeated: true }));
  t.notOk(passes({ repeated: true, kind: 'both' }, handler));
  t.ok(passes({ text: '  SNAKE sayhi ' }), 'words, in any order, in the arguments too');
  t.ok(passes({ text: transactionIdOf(1).slice(-8) }));
  t.notOk(passes({ text: 'snake plissken' }));
  t.ok(isUnfiltered({ ...NO_FILTER, kind: 'both', text: ' ' }));
  t.notOk(isUnfiltered({ ...NO_FILTER, repeated: true }));
  t.end();
});

t.test('rows follow what comes, changes and leaves, newest first', (t) => {
  const store = new InspectionStore({ sides: 3 });
  const rows = new Rows();
  rows.select({ ...NO_FILTER, states: new Set(['queued', 'resolved']) }, []);
  for (const actor of [1, 2, 3]) store.apply(callRecord({ actor }));
  rows.update(store.takeChanged());
  t.same(listed(rows), [3, 2, 1]);
  store.apply(stepRecord({ actor: 2, state: 'sent' }));
  rows.update(store.takeChanged());
  t.same(listed(rows), [3, 1], 'a row that no longer passes the filter leaves');
  store.apply(finalStep({ actor: 2 }));
  rows.update(store.takeChanged());
  t.same(listed(rows), [3, 2, 1], 'and comes back to its place');
  store.apply(callRecord({ actor: 4 }));
  rows.update(store.takeChanged());
  t.same(listed(rows), [4, 3, 1], 'a call that left the store leaves the list');
  const third = rows.fromNewest(1)!;
  t.equal(rows.placeOf(third), 1);
  t.equal(rows.newerThan(third.number), 1);
  t.end();
});

t.test('updated rows are the same as those of a new selection', (t) => {
  const filter = { ...NO_FILTER, kind: 'both', states: new Set(['awaiting', 'late', 'running']) };
  const seed = 11;
  const store = new InspectionStore({ sides: 150 });
  const rows = new Rows();
  rows.select(filter as Filter, []);
  sampleTraffic(seed, 300).forEach((record, index) => {
    store.apply(record);
    if (index % 7 !== 0) return;
    rows.update(store.takeChanged());
    const again = new Rows();
    again.select(filter as Filter, sidesOf(store));
    if (listed(rows).join() !== listed(again).join()) {
      t.same(listed(rows), listed(again), `seed ${seed}, after record ${index}`);
    }
  });
  t.end();
});

import fc from 'fast-check';
import t from 'tap';

import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import { searchProblems, searchTest } from '../../../src/inspector/page/store/search.js';
import { completionsOf } from '../../../src/inspector/page/store/search-completion.js';
import {
  asksFor,
  toggled,
  valuesOf,
  without,
  withoutValue,
  withValue,
} from '../../../src/inspector/page/store/search-edit.js';
import { FIELD_NAMES, isField } from '../../../src/inspector/page/store/search-fields.js';
import { termsOf, termText } from '../../../src/inspector/page/store/search-terms.js';
import type { Side } from '../../../src/inspector/page/store/transaction.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import {
  callRecord,
  endpointRecord,
  finalStep,
  handlerRecord,
  stepRecord,
  transactionIdOf,
} from '../../fixtures/inspection-records.js';

function sideOf(...records: InspectionRecord[]): Side {
  const store = new InspectionStore();
  for (const record of records) store.apply(record);
  return store.transaction(transactionIdOf(1))!.sides[0]!;
}

const CALL = sideOf(
  endpointRecord({ name: 'Shop' }),
  callRecord({ procedure: 'find_node', args: [{ name: 'Snake' }], peer: '10.0.0.7:1234' }),
  stepRecord({ attempt: 2, state: 'awaiting' }),
);
const RESOLVED = sideOf(callRecord(), finalStep({ outcome: { state: 'resolved', rttMs: 12.34 } }));
const LATE = sideOf(
  callRecord(),
  stepRecord({
    event: 'expired',
    state: 'timedOut',
    outcome: { state: 'timedOut', verdict: 'peerSilent' },
  }),
  finalStep({ state: 'late', lateByMs: 60 }),
);
const REJECTED = sideOf(
  callRecord(),
  finalStep({ state: 'rejected', outcome: { error: { name: 'RemoteError', code: 'noSuchUser' } } }),
);
const HANDLER = sideOf(
  handlerRecord(),
  stepRecord({ endpoint: 'server', state: 'replied', final: true, durationMs: 250, value: 'yes' }),
);

type Expected = readonly (readonly [search: string, side: Side, isFound: boolean])[];

t.test('each field of a search is tested', (t) => {
  const table: Expected = [
    ['', CALL, true],
    ['procedure:find_node', CALL, true],
    ['procedure:FIND_NODE', CALL, true],
    ['procedure:find', CALL, false],
    ['procedure:find*', CALL, true],
    ['procedure:*node*', CALL, true],
    ['procedure:find*find_node', CALL, false],
    ['procedure:store,find_node', CALL, true],
    ['-procedure:store,find_node', CALL, false],
    ['-procedure:store', CALL, true],
    ['peer:10.0.0.7:1234', CALL, true],
    ['peer:10.0.0.7', CALL, true],
    ['-peer:10.0.0.7', CALL, false],
    ['peer:10.0.0.70', CALL, false],
    ['endpoint:shop', CALL, true],
    ['endpoint:client', CALL, true],
    ['kind:call', CALL, true],
    ['kind:request', CALL, false],
    ['kind:request', HANDLER, true],
    ['state:awaiting', CALL, true],
    ['state:"timed out"', LATE, false],
    ['state:late', LATE, true],
    ['outcome:timedout', LATE, true],
    ['outcome:resolved', CALL, false],
    ['is:open', CALL, true],
    ['is:open', RESOLVED, false],
    ['is:failed', LATE, true],
    ['is:failed', REJECTED, true],
    ['is:failed', RESOLVED, false],
    ['cause:noSuchUser', REJECTED, true],
    ['cause:peerSilent', LATE, true],
    ['attempts:>1', CALL, true],
    ['attempts:>2', CALL, false],
    ['attempts:1..2', CALL, true],
    ['attempts:2', CALL, true],
    ['rtt:>10ms', RESOLVED, true],
    ['rtt:>10', RESOLVED, true],
    ['rtt:<0.01s', RESOLVED, false],
    ['rtt:12.3ms', RESOLVED, true],
    ['rtt:12.4ms', RESOLVED, false],
    ['rtt:>0', CALL, false],
    ['rtt:>0', HANDLER, false],
    ['-rtt:>0', HANDLER, true],
    ['ran:250ms..1min', HANDLER, true],
    ['late:>=60ms', LATE, true],
    ['timeout:5s', CALL, true],
    ['id:0000', CALL, true],
    ['id:1', CALL, false],
    ['  SNAKE find_ ', CALL, true],
    ['snake plissken', CALL, false],
    ['-snake', CALL, false],
    ['"name\\": \\"Snake"', CALL, true],
    ['10.0.0.7:1234', CALL, true],
    [transactionIdOf(1).slice(-8), CALL, true],
    ['is:failed procedure:sayhi -rtt:>1s', REJECTED, true],
  ];
  for (const [search, side, isFound] of table) t.equal(searchTest(search)(side), isFound, search);
  t.end();
});

t.test('what cannot be read is told, and finds everything until it can', (t) => {
  for (const search of ['rtt:', 'rtt:>', 'rtt:>soon', 'procedure:', '-', 'attempts:>2ms']) {
    t.ok(searchTest(search)(CALL), search);
  }
  t.same(searchProblems('rtt:>soon is:failed'), ['rtt is compared as >100ms, <=2s or 10..20ms']);
  t.same(searchProblems('attempts:two'), ['attempts is compared as >1 or 2..5']);
  t.match(searchProblems('procedur:find'), [/^“procedur” is searched as a word/]);
  t.same(searchProblems('procedure: rtt: localhost:1234 http://x snake [::1]:9'), []);
  t.end();
});

t.test('a text is read as terms, and terms are written as text', (t) => {
  t.match(termsOf('-peer:a,"b, c"  "two words" x,y', isField), [
    { negated: true, field: 'peer', values: ['a', 'b, c'], start: 0, end: 14 },
    { negated: false, field: undefined, values: ['two words'] },
    { values: ['x,y'] },
  ]);
  const value = fc.string({ unit: 'binary', minLength: 1 });
  fc.assert(
    fc.property(
      fc.constantFrom(...FIELD_NAMES, undefined),
      fc.array(value, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      (field, values, negated) => {
        const term = { field, negated, values: field === undefined ? values.slice(0, 1) : values };
        const [read, ...others] = termsOf(termText(term), isField);
        return t.match(read, term, termText(term)) && t.equal(others.length, 0);
      },
    ),
  );
  t.end();
});

t.test('no text makes a search fail, or take long', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      searchProblems(text);
      completionsOf(text, text.length, {});
      return typeof searchTest(text)(CALL) === 'boolean';
    }),
  );
  for (const text of [
    '"'.repeat(1e6),
    '\\'.repeat(1e6),
    '"\\'.repeat(1e6),
    'procedure:*'.repeat(1e5),
  ]) {
    searchTest(text)(CALL);
    searchProblems(text);
  }
  const stars = `procedure:${'*a'.repeat(900)}*b`;
  t.notOk(searchTest(stars)(sideOf(callRecord({ procedure: 'a'.repeat(100_000) }))));
  t.end();
});

t.test('a value is added to a search, left out of it, and taken away', (t) => {
  t.equal(withValue('', 'peer', '10.0.0.7:1'), 'peer:10.0.0.7:1');
  t.equal(withValue('snake ', 'procedure', 'a b'), 'snake procedure:"a b"');
  t.equal(withValue('procedure:find  snake', 'procedure', 'store'), 'procedure:find,store  snake');
  t.equal(withValue('procedure:find', 'procedure', 'FIND'), 'procedure:FIND', 'once');
  t.equal(withValue('attempts:>1', 'attempts', '>2'), 'attempts:>2', 'a comparison is replaced');
  t.equal(
    withValue('procedure:find,store', 'procedure', 'find', true),
    'procedure:store -procedure:find',
  );
  t.equal(withValue('-procedure:find', 'procedure', 'find'), 'procedure:find');
  t.equal(withoutValue('a procedure:find b', 'procedure', 'find'), 'a b');
  t.equal(withoutValue('a', 'procedure', 'find'), 'a');
  t.equal(toggled('state:late', 'state', 'lost'), 'state:late,lost');
  t.equal(toggled('state:late,lost', 'state', 'late'), 'state:lost');
  t.equal(without('kind:call x state:late -kind:request', ['kind', 'state']), 'x');
  t.same(valuesOf('state:late,lost -state:sent', 'state'), ['late', 'lost']);
  t.ok(asksFor('state:Late', 'state', 'late'));
  t.end();
});

t.test('what is added to a search is found by it', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), (procedure) => {
      const side = sideOf(callRecord({ procedure }));
      const search = withValue('is:open', 'procedure', procedure);
      return (
        searchTest(search)(side) &&
        !searchTest(withValue(search, 'procedure', procedure, true))(side)
      );
    }),
  );
  t.end();
});

t.test('a search is completed at the caret', (t) => {
  const known = { procedure: ['find', 'find_node', 'a b'], peer: ['10.0.0.7:1'] };
  const offered = (text: string, caret = text.length) =>
    completionsOf(text, caret, known).map(({ term }) => term);
  t.same(offered('').slice(0, 3), ['procedure:', 'peer:', 'endpoint:']);
  t.same(offered('pr'), ['procedure:']);
  t.same(offered('-pr'), ['-procedure:']);
  t.same(offered('fin'), ['procedure:find', 'procedure:find_node', 'state:finished']);
  t.same(offered('procedure:'), ['procedure:find', 'procedure:find_node', 'procedure:"a b"']);
  t.same(offered('procedure:node'), ['procedure:find_node']);
  t.same(offered('procedure:find,'), ['procedure:find,find_node', 'procedure:find,"a b"']);
  t.same(offered('state:ti'), ['state:timedOut', 'state:awaiting']);
  t.same(offered('rtt:'), ['rtt:>100ms', 'rtt:<10ms']);
  t.match(completionsOf('x pr y', 4, known), [{ text: 'x procedure: y', caret: 12 }]);
  t.match(completionsOf('x procedure:fi y', 14, known), [
    { text: 'x procedure:find y', caret: 17 },
    {},
  ]);
  t.end();
});

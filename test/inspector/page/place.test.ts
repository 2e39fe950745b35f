import fc from 'fast-check';
import t from 'tap';

import { BY_AGE } from '../../../src/inspector/page/store/arrangement.js';
import { placeText, readPlace } from '../../../src/inspector/page/store/place.js';
import type { Place } from '../../../src/inspector/page/store/place.js';
import { transactionIdOf } from '../../fixtures/inspection-records.js';

const CALLS: Place = {
  view: 'calls',
  search: '',
  timeRange: undefined,
  endpoints: new Set(),
  call: undefined,
  peer: undefined,
  transaction: undefined,
  arrangement: BY_AGE,
};

t.test('a place is short, and can be read by people', (t) => {
  t.equal(placeText(CALLS), 'calls');
  t.equal(
    placeText({
      ...CALLS,
      search: 'peer:10.0.0.7:1,[::1]:2 rtt:>1s',
      timeRange: { fromMs: 1_000.5, toMs: 2_000 },
      endpoints: new Set(['a', 'b']),
      arrangement: { column: 'time', descending: true, grouping: 'peer' },
    }),
    'calls?search=peer:10.0.0.7:1,%5B::1%5D:2+rtt:%3E1s&time=1000.5-2000&on=a&on=b' +
      '&sort=time-down&group=peer',
  );
  t.end();
});

t.test('a place that is written and read again is the same place', (t) => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
  const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined });
  const place: fc.Arbitrary<Place> = fc.record({
    view: fc.constantFrom('calls', 'call', 'sequence', 'peers', 'fates'),
    search: fc.string({ unit: 'grapheme' }),
    timeRange: maybe(fc.record({ fromMs: fc.nat(), toMs: fc.nat() })),
    endpoints: fc.array(text, { maxLength: 3 }).map((keys) => new Set(keys)),
    call: maybe(
      fc.record({
        transactionId: fc.nat().map(transactionIdOf),
        endpoint: text,
        actor: fc.nat(),
      }),
    ),
    peer: maybe(text),
    transaction: maybe(text),
    arrangement: fc.record({
      column: fc.constantFrom('age' as const, 'time' as const, 'peer' as const),
      descending: fc.boolean(),
      grouping: fc.constantFrom(undefined, 'outcome' as const),
    }),
  });
  fc.assert(fc.property(place, (one) => t.same(readPlace(placeText(one)), one)));
  t.end();
});

t.test('no text is a place that harms', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => typeof readPlace(text).view === 'string'),
  );
  t.match(readPlace('calls?sort=__proto__&group=toString&call=x&time=9-x'), {
    ...CALLS,
    endpoints: new Set(),
  });
  t.equal(readPlace(`calls?search=${'a'.repeat(1e6)}`).search, '');
  t.equal(readPlace('%E0%A4%A').view, '%E0%A4%A');
  t.equal(readPlace(`calls${'&on=a'.repeat(1_000)}`).endpoints.size, 0);
  const long = { ...CALLS, search: '💥'.repeat(5_000) };
  t.equal(readPlace(placeText(long)).search.length, 2_000, 'a search that is too long is cut');
  t.end();
});

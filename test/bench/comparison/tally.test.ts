import t from 'tap';
import { sampleOf, sumOf } from './tally.js';
import type { Tally } from './tally.js';

const TALLY: Tally = {
  calls: 10,
  failed: 0,
  elapsedMs: 5,
  clientMicros: 40,
  serverMicros: 20,
  latenciesMs: [],
};

t.test('turns are added up before anything is divided', async (t) => {
  const slow = { ...TALLY, elapsedMs: 15, clientMicros: 80, serverMicros: 60 };
  const { callsPerSecond, clientMicrosPerCall, serverMicrosPerCall } = sampleOf(
    'both',
    sumOf([TALLY, slow]),
  );
  t.strictSame([callsPerSecond, clientMicrosPerCall, serverMicrosPerCall], [1_000, 6, 4]);
});

t.test('costs are shared by the answered calls', async (t) => {
  const { callsPerSecond, clientMicrosPerCall, failed } = sampleOf('one', { ...TALLY, failed: 2 });
  t.strictSame([callsPerSecond, clientMicrosPerCall, failed], [1_600, 5, 2]);
});

t.test('latencies of all turns count equally', async (t) => {
  const tally = sumOf([
    { ...TALLY, latenciesMs: [0.3, 0.1] },
    { ...TALLY, latenciesMs: [0.2, 0.5, 0.4] },
  ]);
  const { p50Micros } = sampleOf('timed', tally);
  t.equal(Math.round(p50Micros), 300);
  t.same(sampleOf('many in flight', TALLY).p50Micros, NaN);
});

t.test('it is an error when nothing was answered, and it names the contestant', async (t) => {
  t.throws(() => sampleOf('deaf', { ...TALLY, failed: 10 }), {
    message: 'deaf: none of 10 calls was answered',
  });
});

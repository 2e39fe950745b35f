import t from 'tap';
import { boundsOf, isKept, unresolvedOf } from './bounds.js';
import type { Slice, SoakRun } from './bounds.js';
import type { HonestSample, MeasuredSample } from './samples.js';

const MINUTE_MS = 60_000;
const MIB = 2 ** 20;

const HONEST: HonestSample = {
  ...{ latenciesMs: [1, 2, 3], resolved: 1_000, unresolved: {}, clients: 10 },
};

/** The state after this many minutes of a run that keeps all bounds. */
function slice(
  minute: number,
  measured: Partial<MeasuredSample> = {},
  honest: Partial<HonestSample> = {},
): Slice {
  return {
    endMs: minute * MINUTE_MS,
    measured: {
      ...{ heapBytes: 30 * MIB, rssBytes: 100 * MIB, kernelDrops: 0, callsToTheDead: 0 },
      ...{ addresses: minute * 420_000, strangerDatagrams: minute * 480_000 },
      ...{ peersNow: 2_000, rememberedNow: 16_384 },
      ...measured,
    },
    honest: { ...HONEST, ...honest },
  };
}

function runOf(...slices: Slice[]): SoakRun {
  return { datagramsPerSecond: 8_000, quiet: HONEST, slices };
}

/** What is said of the bounds that a run breaks. */
function broken(...slices: Slice[]): string[] {
  return boundsOf(runOf(...slices)).flatMap((bound) => (isKept(bound) ? [] : [bound.what]));
}

t.test('a run that keeps all bounds breaks none', async (t) => {
  t.strictSame(broken(slice(1), slice(5), slice(15)), []);
});

t.test('memory is compared with that of minute five, or a third of a shorter run', async (t) => {
  const grown = { heapBytes: 30 * 1.03 * MIB, rssBytes: 106 * MIB };
  const small = { heapBytes: 1 * MIB, rssBytes: 50 * MIB };
  const both = ['heap at the end ÷ heap at minute five', 'RSS at the end ÷ RSS at minute five'];
  t.strictSame(broken(slice(1), slice(5), slice(15, grown)), both);
  t.strictSame(broken(slice(4, small), slice(5, grown), slice(15, grown)), []);
  t.strictSame(broken(slice(0.5, small), slice(1), slice(3, grown)), both);
  t.strictSame(broken(slice(1), slice(3, { heapBytes: 30.5 * MIB, rssBytes: 104 * MIB })), []);
});

t.test('one honest call in a hundred may fail, over the whole run', async (t) => {
  const failed = (count: number) => ({ unresolved: { 'timedOut: peerSilent': count } });
  t.strictSame(broken(slice(5, {}, failed(20)), slice(15)), []);
  const what = ['honest calls that were resolved'];
  t.strictSame(broken(slice(5, {}, failed(21)), slice(15)), what);
  t.strictSame(broken(slice(15, {}, { resolved: 0, latenciesMs: [1] })), what, 'no call at all');
  const both = { unresolved: { unsent: 2, cancelled: 1 } };
  t.strictSame(unresolvedOf([HONEST, { ...HONEST, ...both }, { ...HONEST, ...both }]), {
    ...{ unsent: 4, cancelled: 2 },
  });
});

t.test('the median call may take three times as long as without strangers', async (t) => {
  t.strictSame(broken(slice(15, {}, { latenciesMs: [1, 6, 99] })), []);
  const what = ['honest p50 ÷ that without strangers'];
  t.strictSame(broken(slice(15, {}, { latenciesMs: [6, 6.1, 7] })), what);
  t.strictSame(broken(slice(15, {}, { latenciesMs: [] })), what, 'nor may there be none');
});

t.test('there are enough strangers, for the length of the run', async (t) => {
  t.strictSame(broken(slice(3)), []);
  t.strictSame(broken(slice(3, { addresses: 999_999 })), ['addresses of strangers']);
  t.strictSame(broken(slice(3, { strangerDatagrams: 3 * 60 * 7_500 })), [
    'datagrams of strangers that arrived, a second',
  ]);
});

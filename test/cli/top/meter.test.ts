import t from 'tap';
import { Meter } from '../../../src/cli/top/meter.js';

const PERIOD_MS = 250;
const same = (count: number): number => count;

/** Readings every 250 ms up to `untilMs`, of a number that grows by `perSecond`. */
function steady(perSecond: number, untilMs: number): Meter<number> {
  const meter = new Meter<number>();
  for (let atMs = 0; atMs <= untilMs; atMs += PERIOD_MS)
    meter.read(atMs, (atMs / 1_000) * perSecond);
  return meter;
}

t.test(
  'a steady rate is given exactly, whenever it is asked for between two readings',
  async (t) => {
    const meter = steady(40, 10_000);
    for (let nowMs = 10_000; nowMs < 10_000 + PERIOD_MS; nowMs += 10) {
      t.equal(meter.perSecond(nowMs, same), 40, `${nowMs} ms`);
    }
  },
);

t.test('there is no rate from one reading, nor from two that are too close', async (t) => {
  const meter = new Meter<number>();
  t.equal(meter.perSecond(0, same), undefined);
  t.equal(meter.latest, undefined);
  meter.read(0, 10);
  t.equal(meter.perSecond(100, same), undefined);
  meter.read(100, 20);
  t.equal(meter.perSecond(100, same), undefined);
  meter.read(500, 60);
  t.equal(meter.perSecond(500, same), 100);
  t.equal(meter.latest, 60);
});

t.test('if the reading does not change, the rate soon becomes 0', async (t) => {
  const meter = new Meter<number>();
  meter.read(0, 10);
  t.equal(meter.perSecond(1_000, same), 0);
});

t.test('a rate falls to 0 when no more readings come', async (t) => {
  const meter = steady(40, 10_000);
  const rates = [10_500, 11_000, 11_500, 12_000, 12_700].map(
    (nowMs) => meter.perSecond(nowMs, same) ?? NaN,
  );
  t.strictSame(rates, [40, 20, 10, 0, 0]);
});

t.test('readings after a long silence give their own rate, not that of the silence', async (t) => {
  const meter = new Meter<number>();
  meter.read(0, 100);
  for (const atMs of [60_000, 60_250, 60_500, 60_750, 61_000]) {
    meter.read(atMs, 100 + ((atMs - 59_750) / 1_000) * 40);
  }
  const rate = meter.perSecond(61_000, same) ?? NaN;
  t.ok(rate > 10 && rate <= 40, String(rate));
});

t.test(
  'counts that begin again, as when an endpoint restarts under its name, give no negative rate',
  async (t) => {
    const meter = new Meter<number>();
    meter.read(0, 1_000);
    meter.read(1_000, 3);
    t.equal(meter.perSecond(1_000, same), 0);
  },
);

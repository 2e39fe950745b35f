/** Moments are shared for 10 ms, and never stand for an earlier time. */
import t from 'tap';
import { SimulatedClock } from '../../src/testing/clock.js';
import { Moments } from '../../src/time/moment.js';
import type { Clock } from '../../src/time/clock.js';

/** A clock that counts how often the time of day is read. */
class CountingClock extends SimulatedClock {
  reads = 0;

  override wallMs(): number {
    this.reads += 1;
    return super.wallMs();
  }
}

t.test('a moment is shared by what happens within 10 ms', async (t) => {
  const clock = new CountingClock();
  const moments = new Moments(clock satisfies Clock);
  const first = moments.near(clock.nowMs());
  t.strictSame(first, { atMs: 0, wallMs: 0 });
  await clock.advance(9.9);
  t.equal(moments.near(clock.nowMs()), first);
  t.equal(clock.reads, 1);
  await clock.advance(0.1);
  t.strictSame(moments.near(10), { atMs: 10, wallMs: 10 });
  t.equal(clock.reads, 2);
});

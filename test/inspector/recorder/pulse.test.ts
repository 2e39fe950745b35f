import t from 'tap';
import { Pulse } from '../../../src/inspector/recorder/pulse.js';
import type { Clock } from '../../../src/time/clock.js';

/** A clock whose only timer rings when the test says so. */
class HandClock implements Pick<Clock, 'nowMs' | 'setTimeout' | 'clearTimeout'> {
  #nowMs = 1_000;
  #callback: (() => void) | undefined;

  nowMs(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void): object {
    this.#callback = callback;
    return {};
  }

  clearTimeout(): void {
    this.#callback = undefined;
  }

  /** Rings after this time. */
  ring(afterMs: number): void {
    const callback = this.#callback;
    this.#nowMs += afterMs;
    this.#callback = undefined;
    callback?.();
  }
}

t.test('a pulse that comes late says by how much', async (t) => {
  const clock = new HandClock();
  const late: number[] = [];
  const pulse = new Pulse(clock as unknown as Clock, 250, (lateMs) => late.push(lateMs));
  for (const afterMs of [250, 249, 400]) {
    pulse.stir();
    clock.ring(afterMs);
  }
  t.strictSame(late, [0, 0, 150]);
  pulse.stop();
});

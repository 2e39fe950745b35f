/**
 * Animation frames of the browser. A hidden page gets none, so then a slower timer is used instead.
 */
import type { Frames } from './ports.js';

const UNSEEN_INTERVAL_MS = 100;

export class AnimationFrames implements Frames {
  #run: (() => void) | undefined;

  constructor() {
    // The requested frame may never come now.
    document.addEventListener('visibilitychange', () => {
      if (this.#run !== undefined) this.#ask();
    });
  }

  next(run: () => void): void {
    this.#run = run;
    this.#ask();
  }

  nowMs(): number {
    return performance.now();
  }

  #ask(): void {
    const fire = () => {
      const run = this.#run;
      this.#run = undefined;
      run?.();
    };
    if (document.hidden) setTimeout(fire, UNSEEN_INTERVAL_MS);
    else requestAnimationFrame(fire);
  }
}

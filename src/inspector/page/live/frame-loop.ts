/**
 * Frame loop: applies records in short slices of time, and draws at most ten times a second, because
 * nobody can read faster.
 */
import type { Frames } from './ports.js';

/** The time for records in a frame of 16 ms. */
const SLICE_MS = 5;
const MIN_DRAW_INTERVAL_MS = 100;

/** What is done in the frames. */
interface Work {
  /** Whether there is anything to apply. */
  hasMore(): boolean;
  /** Applies some records. Returns whether there may be more. */
  applySome(): boolean;
  /** A slice of time is over. */
  sliceEnded(): void;
  draw(): void;
}

export class FrameLoop {
  readonly #frames: Frames;
  readonly #work: Work;
  /** Whether something was applied that is not yet drawn. */
  #dirty = false;
  #scheduled = false;
  #drawnAtMs = -Infinity;

  constructor(frames: Frames, work: Work) {
    this.#frames = frames;
    this.#work = work;
  }

  /** There is something new to draw. */
  markDirty(): void {
    this.#dirty = true;
    this.schedule();
  }

  /** There may be something to do. */
  schedule(): void {
    if (this.#scheduled || !(this.#dirty || this.#work.hasMore())) return;
    this.#scheduled = true;
    this.#frames.next(() => {
      this.#scheduled = false;
      this.#run();
      this.schedule();
    });
  }

  /** Draws now. */
  draw(): void {
    this.#drawnAtMs = this.#frames.nowMs();
    this.#dirty = false;
    this.#work.draw();
  }

  #run(): void {
    const draws = this.#frames.nowMs() - this.#drawnAtMs >= MIN_DRAW_INTERVAL_MS;
    // Drawing takes time from its frame, so there is less for records.
    this.#applySlice(draws ? SLICE_MS / 2 : SLICE_MS);
    if (draws && this.#dirty) this.draw();
  }

  #applySlice(sliceMs: number): void {
    if (!this.#work.hasMore()) return;
    const endMs = this.#frames.nowMs() + sliceMs;
    this.#dirty = true;
    while (this.#frames.nowMs() < endMs && this.#work.applySome());
    this.#work.sliceEnded();
  }
}

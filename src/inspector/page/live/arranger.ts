/** Arranger: lets the layout of the topology work in short slices, so that the page stays responsive. */
import { signal } from '@preact/signals';
import type { TopologyLayout } from '../store/topology-layout.js';
import type { Frames } from './ports.js';

/** The time for the layout in a frame of 16 ms. */
const SLICE_MS = 5;

export class Arranger {
  readonly layout: TopologyLayout;
  /** Increases when nodes have got places. */
  readonly arranged = signal(0);
  readonly #frames: Frames;
  #scheduled = false;

  constructor(layout: TopologyLayout, frames: Frames) {
    this.layout = layout;
    this.#frames = frames;
  }

  /** Gives a place to each node that has none. */
  arrange(...network: Parameters<TopologyLayout['update']>): void {
    this.layout.update(...network);
    this.#goOn();
  }

  #goOn(): void {
    if (this.layout.isSettled || this.#scheduled) return;
    this.#scheduled = true;
    this.#frames.next(() => {
      this.#scheduled = false;
      this.layout.run(() => this.#frames.nowMs(), SLICE_MS);
      if (this.layout.isSettled) this.arranged.value += 1;
      this.#goOn();
    });
  }
}

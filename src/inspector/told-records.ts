/**
 * Told records: which records of an inspector a reader has got. An inspector tells some of them
 * again: when the reader missed something, or when the inspector was started anew.
 */
import type { InspectionRecord } from './record.js';

/** The most endpoints. The one that was met first is forgotten first. */
const MAX_ENDPOINTS = 1_024;

export class ToldRecords {
  /** The highest number of the records of each endpoint, in which they come. */
  readonly #lastSeqs = new Map<string, number>();

  /** Whether nothing was told yet. */
  get isEmpty(): boolean {
    return this.#lastSeqs.size === 0;
  }

  /**
   * Takes the record. Returns false if it was told before. That an endpoint is there, or is gone, is
   * always news: it may have come and gone in between.
   */
  isNews({ type, endpoint, seq }: InspectionRecord): boolean {
    const last = this.#lastSeqs.get(endpoint);
    if (type === 'endpoint' || type === 'endpoint.closed') {
      if (last === undefined) this.#remember(endpoint, seq);
      return true;
    }
    if (last !== undefined && seq <= last) return false;
    this.#remember(endpoint, seq);
    return true;
  }

  #remember(endpoint: string, seq: number): void {
    this.#lastSeqs.set(endpoint, seq);
    if (this.#lastSeqs.size <= MAX_ENDPOINTS) return;
    const [oldest] = this.#lastSeqs.keys();
    if (oldest !== undefined) this.#lastSeqs.delete(oldest);
  }
}

/**
 * Live records: brings the records of a hub into a store, each once. What the store has stays, also
 * when the hub tells everything again, or is another one at the same URL.
 */
import type { InspectionRecord } from '../../record.js';
import { ToldRecords } from '../../told-records.js';
import type { InspectionStore } from './inspection-store.js';
import type { Side } from './transaction.js';

/** What the hub has told of what lives, since it began to tell it again. */
interface Retelling {
  readonly endpoints: Set<string>;
  /** Those that lived in the store, and of which the hub has not told. */
  readonly unheard: Set<Side>;
}

export class LiveRecords {
  readonly #told = new ToldRecords();
  #retelling: Retelling | undefined;
  /** How many calls and requests the hub did not have any more when it began to tell. */
  missing = 0;

  apply(store: InspectionStore, record: InspectionRecord): void {
    this.#hear(store, record);
    if (this.#told.isNews(record)) store.apply(record);
  }

  /**
   * From now until `heard`, the hub tells of everything that lives.
   *
   * @param missing how many calls and requests it does not have any more
   */
  retold(store: InspectionStore, missing: number): void {
    if (this.#told.isEmpty) this.missing = missing;
    this.#retelling = { endpoints: new Set(), unheard: new Set(store.living()) };
  }

  /** The hub has told everything. What it has not told of ended while nobody listened. */
  heard(store: InspectionStore, nowMs: number): void {
    const { endpoints, unheard } = this.#retelling ?? {};
    this.#retelling = undefined;
    if (endpoints === undefined || unheard === undefined) return;
    for (const [key, { closed }] of store.endpoints) {
      if (closed !== undefined || endpoints.has(key)) continue;
      store.apply({ type: 'endpoint.closed', endpoint: key, seq: 0, atMs: nowMs, lost: true });
    }
    for (const side of unheard) store.endUnseen(side, 'its end was not seen', nowMs);
  }

  #hear(store: InspectionStore, { endpoint, ...record }: InspectionRecord): void {
    if (this.#retelling === undefined) return;
    this.#retelling.endpoints.add(endpoint);
    if (record.type !== 'call' && record.type !== 'notification' && record.type !== 'handler')
      return;
    const side = store.sideOf(endpoint, record.actor);
    if (side !== undefined) this.#retelling.unheard.delete(side);
  }
}

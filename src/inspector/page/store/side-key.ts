/** Side key: what identifies a side, even after the store was filled again. */
import type { InspectionStore } from './inspection-store.js';
import type { Side } from './transaction.js';

export interface SideKey {
  readonly transactionId: string;
  readonly endpoint: string;
  readonly actor: number;
}

export function keyOf({ record }: Side): SideKey {
  return {
    transactionId: record.transactionId,
    endpoint: record.endpoint,
    actor: record.actor,
  };
}

/** The side, if the store has it. */
export function sideOf(store: InspectionStore, key: SideKey | undefined): Side | undefined {
  if (key === undefined) return undefined;
  return store
    .transaction(key.transactionId)
    ?.sides.find(({ record }) => record.endpoint === key.endpoint && record.actor === key.actor);
}

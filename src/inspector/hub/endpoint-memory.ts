/** Endpoint memory: what a history keeps of one endpoint, or of the users' actors in one program. */
import type { InspectionRecord, RecordOf } from '../record.js';
import type { Latest } from './latest.js';
import type { Living } from './living.js';

/** The record with which an endpoint begins, or a program. */
export type Opening = RecordOf<'endpoint'> | RecordOf<'program'>;

/** What is kept of one endpoint, or of one program. */
export interface EndpointMemory {
  readonly opened: Opening;
  state: 'open' | 'closed' | 'lost';
  lastSeq: number;
  /** How many of its records are kept while there is room. */
  spare: number;
  readonly latest: Latest;
  readonly living: Living;
}

export function isOpening(record: InspectionRecord): record is Opening {
  return record.type === 'endpoint' || record.type === 'program';
}

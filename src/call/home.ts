/** Call home: what the calls of an endpoint share. `TCall` is their type. */
import type { Engine } from '../engine/engine.js';
import type { Moments } from '../time/moment.js';
import type { LedgerEntry, Outstanding } from './outstanding.js';

export interface CallHome<TCall extends LedgerEntry<TCall>> extends Engine {
  readonly outstanding: Outstanding<TCall>;
  readonly moments: Moments;
  readonly lingerMs: number;
}

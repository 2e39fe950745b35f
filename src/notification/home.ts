/** Notification home: what the notifications of an endpoint share. */
import type { Engine } from '../engine/engine.js';
import type { NotificationLedger } from './ledger.js';

export interface NotificationHome extends Engine {
  readonly ledger: NotificationLedger;
}

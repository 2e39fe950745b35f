/**
 * The engine: what an endpoint lends to actors of every kind. What only one kind needs, or one reader, is given to
 * that by its constructor, so that this stays small.
 */
import type { LightActorHome } from '../actor/light-actor.js';
import type { Random } from '../random.js';
import type { Alarms } from '../time/alarms.js';
import type { Clock } from '../time/clock.js';
import type { Sender } from './sender.js';

export interface Engine extends LightActorHome {
  readonly clock: Clock;
  readonly random: Random;
  readonly alarms: Alarms;
  readonly sender: Sender;
}

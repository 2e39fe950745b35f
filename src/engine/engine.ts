/**
 * Engine: the parts of an endpoint that actors of every kind use. A part that only one kind of
 * actor needs is passed to its constructor instead, so that this interface stays small.
 */
import type { LightActorHome } from '../actor/light-actor.js';
import type { Random } from '../random.js';
import type { Alarms } from '../time/alarms.js';
import type { Clock } from '../time/clock.js';
import type { Meters } from './meters.js';
import type { Sender } from './sender.js';
import type { Tracers } from './tracers.js';

export interface Engine extends LightActorHome {
  readonly clock: Clock;
  readonly random: Random;
  readonly alarms: Alarms;
  readonly sender: Sender;
  readonly meters: Meters;
  readonly tracers: Tracers;
}

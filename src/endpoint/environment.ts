/** The environment: what an endpoint lends its actors. */
import type { AnyActorRef } from 'xstate';
import type { LightActorHome } from '../actor/light-actor.js';
import type { Alarms } from '../alarms.js';
import type { AmplificationLimit } from '../amplification.js';
import type { Outstanding } from '../call/outstanding.js';
import type { Clock } from '../clock.js';
import type { AtMostOnce } from './options.js';
import type { Counters } from './counters.js';
import type { SettledRequest } from './report.js';
import type { RequestEnding } from '../handler/request-ending.js';
import type { Random } from '../random.js';
import type { Lookup } from '../resolve.js';
import type { Turn } from '../turn.js';
import type { TransactionIds } from '../transaction-ids.js';
import type { AnyEndpoint } from './endpoint.js';
import type { Limits } from '../limits.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';

/** Whose frame it is: hears what the kernel made of the datagram that carries it, alone or in a bundle. */
export interface FrameOwner {
  sent(error: Error | null, bundled: boolean): void;
}

/** The socket actor, as the others see it. */
export interface Sender {
  readonly ref: AnyActorRef;
  /** The IP version it can reach, 0 for both. */
  readonly family: 0 | 4 | 6;
  /** Hands a frame to the kernel, alone in its datagram. Never throws. */
  send(frame: OutboundFrame, host: string, port: number, owner?: FrameOwner): void;
  /** Hands a bundle to the kernel, with an owner, or none, for each of its frames. Never throws. */
  sendBundle(
    bundle: Buffer,
    host: string,
    port: number,
    owners: readonly (FrameOwner | undefined)[],
  ): void;
}

export interface Environment extends LightActorHome {
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: TransactionIds;
  readonly alarms: Alarms;
  readonly turn: Turn;
  readonly lookup: Lookup;
  readonly limits: Limits;
  readonly outstanding: Outstanding;
  readonly endpoint: AnyEndpoint;
  /** The root of the actor tree. */
  readonly root: AnyActorRef;
  readonly socket: Sender;
  readonly counters: Counters;
  readonly atMostOnce: AtMostOnce;
  readonly amplification: AmplificationLimit;
  /** True from `close()` on: no call is made any more. */
  readonly closing: boolean;
  /** What became of a request; for those who listen to the endpoint. */
  requestSettled(request: SettledRequest, ending: RequestEnding): void;
}

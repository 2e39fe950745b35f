/**
 * Process faults: faults of a process, made by wrapping what its endpoint is given: clock,
 * randomness and transport.
 */
import type { Random } from '../../src/random.js';
import type { Dice } from './dice.js';
import { ERRNOS } from './faulty-transport.js';
import type { SendFault } from './faulty-transport.js';
import type { NodeClock } from './node-clock.js';
import type { NodePlan, ProcessFault } from './plan.js';
import type { World } from './world.js';

const MAX_LATENESS_MS = 40;
const MAX_CALLBACK_DELAY_MS = 3_000;
const MEAN_CUT_OFF_MS = 1_500;
const ID_BYTES = 20;

export class ProcessFaults {
  readonly #world: World;
  readonly #plan: NodePlan;
  readonly #dice: Dice;
  /** While it is set, there is no route: every send is refused with the same error. */
  #cutOff: { readonly errno: (typeof ERRNOS)[number]; readonly untilMs: number } | undefined;

  constructor(world: World, plan: NodePlan) {
    this.#world = world;
    this.#plan = plan;
    this.#dice = world.dice.fork(plan.name);
  }

  /** A listener of the user throws now and then. */
  maybeThrow(): void {
    if (this.#fires('throwingListener')) throw new Error('a listener threw on purpose');
  }

  delayTimers(clock: NodeClock): void {
    if (!this.#plan.faults.has('lateTimer')) return;
    clock.maxLatenessMs = MAX_LATENESS_MS;
    clock.drawLatenessMs = () =>
      this.#fires('lateTimer') ? this.#dice.between(0, MAX_LATENESS_MS) : 0;
  }

  drawSendFault(): SendFault | undefined {
    const { nowMs, healed } = this.#world;
    if (this.#cutOff !== undefined && nowMs < this.#cutOff.untilMs && !healed) {
      return this.#refuse(this.#cutOff.errno);
    }
    if (this.#fires('sendRefused')) {
      const errno = this.#dice.pick(ERRNOS);
      const forMs = this.#dice.chance(0.2) ? this.#dice.exponential(MEAN_CUT_OFF_MS) : 0;
      this.#cutOff = { errno, untilMs: nowMs + forMs };
      return this.#refuse(errno);
    }
    if (this.#fires('sendCallbackLost')) return { kind: 'lost' };
    if (this.#fires('sendCallbackLate')) {
      return { kind: 'late', byMs: this.#dice.between(0, MAX_CALLBACK_DELAY_MS) };
    }
    return undefined;
  }

  /** Ids from a fast generator; or ids of one byte, so that some are equal. */
  random(incarnation: number): Random {
    const dice = this.#dice.fork(`life ${incarnation}`);
    const short = this.#plan.faults.has('shortIds');
    return {
      unit: () => dice.unit(),
      fillBytes: (target) => {
        if (target.length % ID_BYTES !== 0) {
          dice.bytes(target.length).copy(target);
          return;
        }
        target.fill(0);
        if (short) this.#world.coverage.reach('processFault:shortIds');
        const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
        for (let index = 0; index < target.length; index += ID_BYTES) {
          view.setUint8(index, dice.below(256));
          if (short) continue;
          view.setUint32(index + 1, dice.below(2 ** 32));
          view.setUint32(index + 5, dice.below(2 ** 32));
        }
      },
    };
  }

  #refuse(errno: (typeof ERRNOS)[number]): SendFault {
    this.#world.coverage.reach(`errno:${errno}`);
    this.#world.log.add(`${this.#plan.name} send refused ${errno}`);
    return { kind: 'refused', errno };
  }

  #fires(fault: ProcessFault): boolean {
    if (this.#world.healed || !this.#plan.faults.has(fault)) return false;
    const fires = this.#dice.chance(this.#plan.faultRate);
    if (fires) this.#world.coverage.reach(`processFault:${fault}`);
    return fires;
  }
}

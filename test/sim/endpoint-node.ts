/**
 * Endpoint node: one endpoint of the world in all its lives. It is closed, crashes and comes back.
 */
import type { InspectionEvent } from 'xstate';
import { formatAddress } from '../../src/address/address.js';
import type { SocketAddress } from '../../src/address/address.js';
import { HEALTH_REPORT_TYPES } from '../../src/api/health-report.js';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { checkEndpointOptions } from '../../src/endpoint/options.js';
import type { CloseOptions } from '../../src/api/close-options.js';
import type { AnyEndpoint } from '../../src/api/endpoint.js';
import type { EndpointStats } from '../../src/api/stats.js';
import type { Fate } from '../../src/api/fate.js';
import type { Limits } from '../../src/api/limits.js';
import { brief, framesOf, headerOf, idOf, TYPE } from './datagram.js';
import { FaultyTransport, PORT } from './faulty-transport.js';
import type { Life, Transmissions, Watched } from './life.js';
import { lookupIn } from './names.js';
import { middlewareOf } from './middleware.js';
import { NodeClock } from './node-clock.js';
import type { NodePlan } from './plan.js';
import { proceduresOf } from './procedures.js';
import { OldPeer } from './old-peer.js';
import { ProcessFaults } from './process-faults.js';
import type { TrackedCall } from './tracked-call.js';
import type { World } from './world.js';

/** The fates of answers that came to an open call from the address that was called. */
const ANSWERED: readonly Fate[] = [
  ...(['response.matched', 'response.working', 'response.challenge', 'response.present'] as const),
  'response.ignored',
];

/** What a peer says about a request that changes when it is sent again. */
const DISTURBING: readonly (number | undefined)[] = [TYPE.working, TYPE.challenge];

/** How an endpoint is closed. */
interface Ending extends CloseOptions {
  /** Whether it is drained before. */
  readonly drains?: boolean;
}

export class EndpointNode {
  readonly kind = 'endpoint';
  readonly name: string;
  readonly host: string;
  readonly plan: NodePlan;
  readonly limits: Limits;
  /** The number of its current life, from 1. */
  incarnation = 0;
  /** The source of the datagram that is being received. */
  receivingFrom = '';

  readonly #world: World;
  readonly #faults: ProcessFaults;
  #life: Life | undefined;
  /**
   * Kept for all invariants of an event, because counting costs more than all invariants together.
   */
  #stats: EndpointStats | undefined;
  /** The old peer at its address while the endpoint is gone, if there is one. */
  #standIn: OldPeer | undefined;
  /** The frames of the datagram that is being received, and how many of them have their fate. */
  #receiving: readonly Buffer[] = [];
  #settled = 0;
  #closing = false;
  #opening = false;

  constructor(world: World, plan: NodePlan) {
    this.#world = world;
    this.plan = plan;
    this.name = plan.name;
    this.host = plan.host;
    this.limits = checkEndpointOptions(plan.options).limits;
    this.#faults = new ProcessFaults(world, plan);
  }

  /** Whether it can be used: it is open, and neither closing nor stalled. */
  get ready(): boolean {
    return this.#life !== undefined && !this.#closing && !this.#life.clock.stalled;
  }

  get alive(): boolean {
    return this.#life !== undefined;
  }

  /** Whether it drains or closes. */
  get closing(): boolean {
    return this.#closing;
  }

  get opening(): boolean {
    return this.#opening;
  }

  get life(): Life {
    if (this.#life === undefined) throw new Error(`${this.name} is not alive`);
    return this.#life;
  }

  get address(): SocketAddress {
    return this.#life?.address ?? { host: this.host, port: PORT };
  }

  /** The transaction id of the frame that is being received. */
  get receivingId(): string {
    const frame = this.#receiving[this.#settled] ?? this.#receiving.at(-1);
    return frame === undefined ? '' : idOf(frame);
  }

  /** Its counts at the end of this event; or current ones, after `refresh`. */
  get stats(): EndpointStats {
    this.#stats ??= this.life.endpoint.stats();
    return this.#stats;
  }

  /** Its state may have changed. */
  refresh(): void {
    this.#stats = undefined;
  }

  async open(): Promise<void> {
    this.incarnation += 1;
    this.#opening = true;
    await this.#standIn?.close();
    this.#standIn = undefined;
    const clock = new NodeClock(this.#world.clock, () => {
      this.#world.touch(this);
    });
    this.#faults.delayTimers(clock);
    const transmissions = new Map<string, Transmissions>();
    const disturbed = new Set<string>();
    const atWorkWallMs = new Map<string, number>();
    const transport = new FaultyTransport(
      (port) => this.#world.network.transport(this.host, port),
      clock,
      {
        drawFault: () => this.#faults.drawSendFault(),
        taken: (datagram, to) => {
          for (const frame of framesOf(datagram)) {
            this.#noteTransmission(transmissions, clock, frame, to);
          }
          this.#world.sent(this, datagram, to);
        },
        received: (datagram, from) => {
          this.#receiving = framesOf(datagram);
          this.#settled = 0;
          this.receivingFrom = formatAddress(from);
          for (const frame of this.#receiving) {
            if (DISTURBING.includes(frame[0])) disturbed.add(idOf(frame));
            if (frame[0] === TYPE.working) atWorkWallMs.set(idOf(frame), clock.wallMs());
          }
          this.#world.received(this, datagram, from);
        },
        problem: (invariant, what) => {
          this.#world.problem(invariant, `${this.name}: ${what}`);
        },
      },
    );
    const actors = new Map<string, Watched>();
    const passed = { run: 0, refused: 0, times: new Map<string, number>() };
    const endpoint = await createEndpoint({
      ...this.plan.options,
      ...(this.plan.middleware && middlewareOf(this.#world, this, passed)),
      transport,
      clock,
      random: this.#faults.random(this.incarnation),
      handlers: proceduresOf(this.#world, this),
      lookup: lookupIn(this.#world),
      onError: (error) => {
        this.#world.coverage.reach(`reported:${(error as Error).name}`);
      },
      ...(this.#world.plan.inspected && {
        inspect: (event: InspectionEvent) => {
          if (event.type !== '@xstate.actor') return;
          actors.set(event.actorRef.sessionId, event.actorRef as unknown as Watched);
        },
      }),
    });
    const { address } = endpoint;
    this.#life = {
      ...{
        endpoint,
        clock,
        transport,
        transmissions,
        disturbed,
        atWorkWallMs,
        actors,
        address,
        passed,
      },
      openCalls: new Set(),
      natives: new Set(),
      nativeSinceMs: new Map(),
      answerers: new Set(),
      probedAtMs: new Map(),
      probes: new Set(),
      notified: new Set(),
      notifiedBy: new Set(),
      notificationsMade: 0,
      nativeRequests: new Set(),
      arrivals: new Map(),
      replies: new Map(),
      traffic: new Map(),
      samples: new Map(),
      healths: new Map(),
      started: 0,
      running: [],
      firstSamples: 0,
      callsMade: 0,
    };
    this.#opening = false;
    this.#listen(endpoint);
  }

  /** The process dies without closing, and its address becomes free. */
  crash(): void {
    const { clock, transport } = this.life;
    clock.die();
    transport.die();
    this.#life = undefined;
    this.#closing = false;
    this.#world.crashed(this);
  }

  /** The process dies, and a peer like Python's rpcudp takes its place until it opens again. */
  async downgrade(): Promise<void> {
    this.crash();
    this.incarnation += 1;
    this.#standIn = new OldPeer(this.#world, this, this.incarnation);
    await this.#standIn.open();
  }

  /** Closes the endpoint as its user would, and checks what it leaves behind. */
  async close({ drains = false, graceMs }: Ending = {}): Promise<void> {
    const { life } = this;
    this.#closing = true;
    if (drains) await life.endpoint.drain();
    await life.endpoint.close({ graceMs });
    // Waits for what the endpoint postponed to the end of the turn.
    await new Promise<void>((resolve) => {
      this.#world.clock.afterPoll(resolve);
    });
    if (this.#life !== life) return;
    this.#world.closed(this);
    life.clock.die();
    this.#life = undefined;
    this.#closing = false;
  }

  /** Its address changes, as behind a NAT. */
  async rebind(): Promise<void> {
    const { life } = this;
    life.address = await life.transport.rebind();
  }

  callMade(call?: TrackedCall): void {
    this.life.callsMade += 1;
    if (call !== undefined) this.life.openCalls.add(call);
  }

  callSettled(call: TrackedCall): void {
    this.#life?.openCalls.delete(call);
  }

  /** Runs something later, unless this life has ended by then. */
  later(delayMs: number, callback: () => void): void {
    const { life } = this;
    this.#world.clock.setTimeout(() => {
      if (this.#life === life) life.clock.deliver(callback);
    }, delayMs);
  }

  #listen(endpoint: AnyEndpoint): void {
    const { coverage, log } = this.#world;
    endpoint.on('frame.settled', ({ fate, from }) => {
      this.#noteAnswer(fate, formatAddress(from));
      this.#settled += 1;
      coverage.reach(`fate:${fate}`);
      log.add(`${this.name} fate ${fate} from ${from.host}:${from.port}`);
      this.#faults.maybeThrow();
    });
    endpoint.on('request.started', () => {
      if (this.#life?.endpoint === endpoint) this.#life.started += 1;
    });
    for (const type of HEALTH_REPORT_TYPES) {
      endpoint.on(type, (report) => {
        // A microtask later the process may have died.
        if (this.#life?.endpoint === endpoint) this.#world.healthReported(this, report);
      });
    }
    endpoint.on('request.settled', (request) => {
      const { ending, transactionId } = request;
      coverage.reach(`ending:${ending}`);
      log.add(`${this.name} ending ${ending} ${transactionId.slice(0, 6)}`);
      this.#world.requestSettled(this, request);
      this.#faults.maybeThrow();
    });
  }

  /** Notes what the endpoint can know of a sender from an answer. */
  #noteAnswer(fate: Fate, sender: string): void {
    const frame = this.#receiving[this.#settled];
    if (!fate.startsWith('response.') || frame === undefined || this.#life === undefined) return;
    const { answerers, clock, nativeSinceMs } = this.#life;
    if (ANSWERED.includes(fate)) answerers.add(sender);
    // Who changes or forges frames can make a header map that others read in another way.
    const isNative = headerOf(frame) !== undefined && !this.#world.tainted.has(idOf(frame));
    if (!isNative) nativeSinceMs.delete(sender);
    else if (ANSWERED.includes(fate) && !nativeSinceMs.has(sender)) {
      nativeSinceMs.set(sender, clock.nowMs());
    }
  }

  #noteTransmission(
    transmissions: Map<string, Transmissions>,
    clock: NodeClock,
    frame: Buffer,
    to: SocketAddress,
  ): void {
    const id = idOf(frame);
    if (frame[0] === TYPE.probe && !transmissions.has(id)) this.#life?.probes.add(id);
    if (frame[0] !== TYPE.request) return;
    const atMs = clock.nowMs();
    const known = transmissions.get(id);
    if (known === undefined || this.plan.faults.has('shortIds')) {
      transmissions.set(id, { atMs: [atMs], sinceWallMs: clock.wallMs(), to });
    } else known.atMs.push(atMs);
    this.#world.log.add(`${this.name} sends ${brief(frame)}`);
  }
}

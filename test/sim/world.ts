/**
 * World: the world of one seed, with a clock, a network and peers, and everything that is known
 * about them. Everything that happens is reported to it. It keeps the log and the oracle, and has
 * the invariants checked.
 */
import type { SocketAddress } from '../../src/address/address.js';
import type { HealthReport } from '../../src/api/health-report.js';
import { SimulatedClock } from '../../src/testing/clock.js';
import { SimulatedNetwork } from '../../src/testing/network.js';
import type { NetworkEvent } from '../../src/testing/network.js';
import { SeededRandom } from '../../src/testing/random.js';
import { Coverage } from './coverage.js';
import { brief, framesOf, idOf, TYPE } from './datagram.js';
import { Dice } from './dice.js';
import { EndpointNode } from './endpoint-node.js';
import { EventLog } from './event-log.js';
import type { RequestSettled } from './invariant.js';
import { INVARIANTS } from './invariants.js';
import { OldPeer } from './old-peer.js';
import { Oracle } from './oracle.js';
import type { Execution } from './oracle.js';
import { drawPlan } from './plan.js';
import type { Plan, Settings } from './plan.js';
import type { TrackedCall } from './tracked-call.js';
import type { TrackedNotification } from './tracked-notification.js';
import type { Notification } from '../../src/api/notification.js';

export interface WorldOptions {
  readonly seed: number;
  readonly settings: Settings;
  readonly trace?: ((line: string) => void) | undefined;
}

/** An invariant was broken. The first one ends the seed. */
export interface Problem {
  readonly invariant: string;
  readonly what: string;
  readonly atMs: number;
}

export class World {
  readonly seed: number;
  readonly clock = new SimulatedClock();
  readonly network: SimulatedNetwork;
  readonly dice: Dice;
  readonly plan: Plan;
  readonly log: EventLog;
  readonly oracle = new Oracle();
  readonly coverage = new Coverage();
  readonly endpoints: readonly EndpointNode[];
  readonly oldPeers: readonly OldPeer[];
  /** Every call of the workload. Bounded by the plan. */
  readonly calls: TrackedCall[] = [];
  /** Every notification. Bounded by the plan. */
  readonly notifications: TrackedNotification[] = [];
  /**
   * Transaction ids for which a datagram was changed or forged. Some invariants do not hold for
   * them.
   */
  readonly tainted = new Set<string>();
  /** How many tokens were made. */
  tokens = 0;
  /** Datagrams that were on the wire, for replays. The newest replace the oldest. */
  readonly recorded: NetworkEvent[] = [];
  /** The last datagram that was put on the wire, for the on-path attacker. */
  latest: NetworkEvent | undefined;
  /** The first invariant that was broken. */
  failure: Problem | undefined;
  /** The endpoint that got a datagram in the current event. */
  receiver: EndpointNode | undefined;
  /** Set at the end of the safety phase. From then on nothing goes wrong. */
  healed = false;

  readonly #names: Dice;
  readonly #headers: Dice;
  readonly #byToken = new Map<string, TrackedCall>();
  readonly #notificationsByToken = new Map<string, TrackedNotification[]>();
  readonly #touched = new Set<EndpointNode>();
  /** The frames of the datagram that is just being put on the wire. */
  #sending: readonly Buffer[] = [];
  /** Transaction ids of requests in bundles that did not get through, and why. */
  readonly #bundledInVain = new Map<string, 'lost' | 'unread'>();

  constructor({ seed, settings, trace }: WorldOptions) {
    this.seed = seed;
    this.dice = new Dice(new SeededRandom(seed, '/sim'));
    this.plan = drawPlan(this.dice.fork('plan'), settings);
    this.#names = this.dice.fork('names');
    this.#headers = this.dice.fork('headers');
    this.log = new EventLog(() => this.nowMs, trace);
    this.network = new SimulatedNetwork({
      clock: this.clock,
      seed,
      watch: (event) => {
        this.#watchWire(event);
      },
    });
    this.coverage.reach(`mode:${this.plan.mode}`);
    for (const [hosts, conditions] of this.plan.links) {
      const [from = '', to = ''] = hosts.split('>');
      this.network.setLink(from, to, conditions);
    }
    const { nodes } = this.plan;
    this.endpoints = nodes
      .filter(({ kind }) => kind === 'endpoint')
      .map((node) => new EndpointNode(this, node));
    this.oldPeers = nodes
      .filter(({ kind }) => kind === 'old')
      .map((node) => new OldPeer(this, node));
    for (const { oddOptions } of nodes) {
      for (const option of oddOptions) this.coverage.reach(`oddOption:${option}`);
    }
  }

  /** Whether an invariant was broken. */
  hasFailed(): boolean {
    return this.failure !== undefined;
  }

  get nowMs(): number {
    return this.clock.nowMs();
  }

  async open(): Promise<void> {
    for (const node of [...this.endpoints, ...this.oldPeers]) await node.open();
  }

  /** All peers that can be called. */
  get peers(): readonly (EndpointNode | OldPeer)[] {
    return [...this.endpoints, ...this.oldPeers];
  }

  /** Whether ids collide in this world. Then even honest answers can go to the wrong call. */
  get hasShortIds(): boolean {
    return this.endpoints.some(({ plan }) => plan.faults.has('shortIds'));
  }

  /** Whether the next call is made by a host name. After healing none is, unless that is asked. */
  drawsName(): boolean {
    return this.plan.named && !this.healed && this.#names.chance(0.5);
  }

  /** Whether the next call has headers. After healing none has. */
  drawsHeaders(): boolean {
    return this.plan.headed && !this.healed && this.#headers.chance(0.5);
  }

  problem(invariant: string, what: string): void {
    this.log.add(`BROKEN ${invariant} ${what}`);
    this.failure ??= { invariant, what, atMs: this.nowMs };
  }

  /** Notes that code of this endpoint runs, so that its state may change. */
  touch(node: EndpointNode): void {
    this.#touched.add(node);
  }

  /** Runs one event of the clock, and then checks what it touched. */
  async step(): Promise<boolean> {
    this.receiver = undefined;
    const stepped = await this.clock.step();
    this.inspect();
    return stepped;
  }

  /** Checks every endpoint that was touched since the last check. */
  inspect(): void {
    for (const node of this.#touched) {
      if (!node.alive) continue;
      node.refresh();
      for (const { id, afterEvent } of INVARIANTS) this.#report(id, afterEvent?.(this, node));
    }
    this.#touched.clear();
    for (const { id, afterStep } of INVARIANTS) this.#report(id, afterStep?.(this));
  }

  /** Runs for `ms`, or until an invariant breaks. */
  async run(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    // A timer to stop at.
    this.clock.setTimeout(() => undefined, ms);
    while (this.nowMs < untilMs && !this.hasFailed()) await this.step();
  }

  /** The call with this token; undefined for calls of old peers, and for forgeries. */
  callOf(token: string): TrackedCall | undefined {
    return this.#byToken.get(token);
  }

  /** Tracks a call. */
  track(tracked: TrackedCall): void {
    this.calls.push(tracked);
    this.#byToken.set(tracked.token, tracked);
    tracked.node.callMade(tracked);
    this.touch(tracked.node);
    this.log.add(
      `${tracked.node.name} calls ${tracked.procedure} of ${tracked.target.name} as ${tracked.token}`,
    );
    const { call } = tracked;
    call.on('*', ({ type }) => {
      if (type === 'call.late' || type === 'call.lost') {
        tracked.sequels += 1;
        this.coverage.reach(`sequel:${type.slice('call.'.length)}`);
      } else if (type === 'call.answeredElsewhere') this.coverage.reach('answeredElsewhere');
      else if (type === 'call.overdue') {
        if (tracked.outcomeReports > 0) this.problem('I1', `${tracked.token} is overdue too late`);
        tracked.overdue += 1;
        this.coverage.reach('overdue');
      } else tracked.outcomeReports += 1;
    });
    void call.then((outcome) => {
      if (tracked.abandoned) return;
      if (tracked.settledAtMs !== undefined) this.problem('I1', `${tracked.token} settled twice`);
      tracked.node.callSettled(tracked);
      tracked.outcome = outcome;
      tracked.settledAtMs = (tracked.node.alive ? tracked.node.life.clock : this.clock).nowMs();
      this.touch(tracked.node);
      this.log.add(`${tracked.node.name} outcome ${outcome.state} of ${tracked.token}`);
      this.#coverOutcome(tracked);
      for (const { id, afterOutcome } of INVARIANTS) {
        this.#report(id, afterOutcome?.(this, tracked));
      }
    });
  }

  /** The notifications with this token. A broadcast makes several. */
  notificationsOf(token: string): readonly TrackedNotification[] {
    return this.#notificationsByToken.get(token) ?? [];
  }

  trackNotification(node: EndpointNode, notification: Notification, token: string): void {
    // A drop is told at once, before anybody can listen.
    const tracked = { token, node, notification, endReports: notification.done ? 1 : 0 };
    this.notifications.push(tracked);
    this.#notificationsByToken.set(token, [...this.notificationsOf(token), tracked]);
    node.life.notificationsMade += 1;
    this.touch(node);
    this.log.add(`${node.name} notifies as ${token}: ${notification.state}`);
    this.#coverEnd(notification);
    notification.on('*', () => {
      tracked.endReports += 1;
      this.#coverEnd(notification);
    });
  }

  #coverEnd(notification: Notification): void {
    const { output } = notification.getSnapshot();
    if (output === undefined) return;
    const reason = output.state === 'dropped' ? `.${output.reason}` : '';
    this.coverage.reach(`notification:${output.state}${reason}`);
  }

  procedureRan(node: EndpointNode, execution: Execution): void {
    this.log.add(`${node.name} runs ${execution.procedure} ${execution.token.slice(0, 20)}`);
    const before = this.oracle.add(execution);
    for (const { id, afterRun } of INVARIANTS) {
      this.#report(id, afterRun?.(this, node, execution, before));
    }
  }

  requestSettled(node: EndpointNode, request: RequestSettled): void {
    for (const { id, afterRequest } of INVARIANTS) {
      this.#report(id, afterRequest?.(this, node, request));
    }
  }

  healthReported(node: EndpointNode, report: HealthReport): void {
    this.coverage.reach(report.type);
    for (const { id, afterHealth } of INVARIANTS) {
      this.#report(id, afterHealth?.(this, node, report));
    }
  }

  /** The kernel of an endpoint took a datagram. */
  sent(node: EndpointNode, datagram: Buffer, to: SocketAddress): void {
    for (const { id, afterSend } of INVARIANTS) {
      this.#report(id, afterSend?.(this, node, datagram, to));
    }
    for (const frame of framesOf(datagram)) {
      for (const { id, afterFrame } of INVARIANTS) {
        this.#report(id, afterFrame?.(this, node, frame, to));
      }
    }
  }

  /** A datagram is about to be given to an endpoint. */
  received(node: EndpointNode, datagram: Buffer, from: SocketAddress): void {
    this.receiver = node;
    for (const { id, beforeReceive } of INVARIANTS) {
      this.#report(id, beforeReceive?.(this, node, datagram, from));
    }
    for (const frame of framesOf(datagram)) {
      for (const { id, beforeFrame } of INVARIANTS) {
        this.#report(id, beforeFrame?.(this, node, frame, from));
      }
    }
  }

  /** A peer got a bundle that it cannot read. */
  bundleIgnored(bundle: Buffer): void {
    this.coverage.reach('bundle:ignored');
    for (const id of requestsIn(bundle)) this.#bundledInVain.set(id, 'unread');
  }

  /** Nothing has happened for long: checks whether endpoints are still busy with old work. */
  rest(): void {
    for (const node of this.endpoints) {
      node.refresh();
      for (const { id, atRest } of INVARIANTS) this.#report(id, atRest?.(this, node));
    }
  }

  /** An endpoint has closed, and is checked for the last time. */
  closed(node: EndpointNode): void {
    this.log.add(`${node.name} closed`);
    node.refresh();
    for (const { id, afterClose } of INVARIANTS) this.#report(id, afterClose?.(this, node));
  }

  crashed(node: EndpointNode): void {
    for (const call of this.calls) {
      if (call.node === node && call.settledAtMs === undefined) call.abandoned = true;
    }
  }

  /** Checks everything at the very end. */
  end(): void {
    for (const { id, atEnd } of INVARIANTS) this.#report(id, atEnd?.(this));
  }

  #report(invariant: string, what: string | undefined): void {
    if (what !== undefined) this.problem(invariant, what);
  }

  #coverOutcome({ call, outcome }: TrackedCall): void {
    if (outcome === undefined || this.tainted.has(call.transactionId)) return;
    this.coverage.reach(`outcome:${outcome.state}`);
    if (outcome.state === 'timedOut') this.coverage.reach(`verdict:${outcome.verdict}`);
    if (outcome.state === 'rejected') this.coverage.reach(`error:${outcome.error.code}`);
    if (outcome.state !== 'resolved') this.coverage.reach(`executed:${outcome.executed}`);
    if (outcome.attempts > 1) this.coverage.reach('retransmitted');
    const why = this.#bundledInVain.get(call.transactionId);
    if (why === undefined || outcome.state !== 'resolved') return;
    this.coverage.reach(why === 'lost' ? 'bundle:lostAndAnswered' : 'bundle:ignoredAndAnswered');
  }

  #coverBundle({ type, datagram }: NetworkEvent): void {
    this.coverage.reach(`bundle:${type}`);
    if (type !== 'lost') return;
    for (const id of requestsIn(datagram)) this.#bundledInVain.set(id, 'lost');
  }

  #watchWire(event: NetworkEvent): void {
    const { type, datagram, from, to, reason } = event;
    if (datagram[0] === TYPE.bundle) this.#coverBundle(event);
    switch (type) {
      case 'sent':
        this.#sending = framesOf(datagram);
        this.latest = event;
        this.recorded[this.network.stats.sent % MAX_RECORDED] = event;
        return;
      case 'corrupted':
        for (const frame of [...this.#sending, ...framesOf(datagram), datagram]) {
          this.tainted.add(idOf(frame));
        }
        this.coverage.reach('corrupted');
        break;
      case 'duplicated':
        this.coverage.reach('duplicated');
        return;
      case 'lost':
        this.coverage.reach(`lost:${reason ?? ''}`);
        break;
      case 'delivered':
        break;
    }
    const why = reason === undefined ? '' : ` (${reason})`;
    this.log.add(
      `${type}${why} ${from.host}:${from.port}>${to.host}:${to.port} ${brief(datagram)}`,
    );
  }
}

const MAX_RECORDED = 500;

/** The transaction ids of the requests in a bundle. */
function requestsIn(bundle: Buffer): string[] {
  return framesOf(bundle)
    .filter(([type]) => type === TYPE.request)
    .map(idOf);
}

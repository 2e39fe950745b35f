/** Endpoint reading: collects what the records of one endpoint say about it. */
import { noOutcomes } from '../../api/call-state.js';
import type { OutcomeState } from '../../api/call-state.js';
import { ENDPOINT_STATES } from '../../api/endpoint-state.js';
import type { InspectionRecord, RecordOf } from '../../inspector/record.js';
import { noNotifications } from '../../api/notification-state.js';
import { isNameOf, mapRows } from '../../vocabulary.js';
import { Meter } from './meter.js';
import { isGone } from './snapshot.js';
import type {
  Count,
  CountsView,
  EndpointView,
  KnownState,
  PeerView,
  ProcedureView,
} from './snapshot.js';
import { Troubles } from './troubles.js';

/** The most peers of an endpoint that are kept. Those with the newest records stay. */
const MAX_PEERS = 1_000;

type Counts = RecordOf<'counts'>;
type Stats = Counts['stats'];
type Outcomes = Stats['outcomes'];

const NO_OUTCOMES: Outcomes = noOutcomes();
const NO_NOTIFICATIONS = noNotifications();

interface Counted {
  readonly stats: Stats;
  /** Outcomes by procedure, summed over all peers. */
  readonly procedures: ReadonlyMap<string, Outcomes>;
}

export class EndpointReading {
  readonly #meter = new Meter<Counted>();
  readonly #troubles = new Troubles();
  /** Peers by address. */
  readonly #peers = new Map<string, RecordOf<'peer'>>();
  #about: RecordOf<'endpoint'> | undefined;
  #closed: RecordOf<'endpoint.closed'> | undefined;
  /**
   * How far the endpoint's clock is behind the viewer's, plus the travel time of the fastest
   * record.
   */
  #behindMs = Infinity;

  /** Takes the next record of this endpoint. `nowMs` is the time on the viewer's clock. */
  add(record: InspectionRecord, nowMs: number): void {
    this.#behindMs = Math.min(this.#behindMs, nowMs - record.atMs);
    switch (record.type) {
      case 'endpoint':
        // If the feed was lost, it is back.
        this.#closed = undefined;
        this.#about = record;
        return;
      case 'endpoint.closed':
        this.#closed = record;
        return;
      case 'counts':
        this.#meter.read(record.atMs, countedIn(record));
        return;
      case 'peer':
        this.#addPeer(record);
        return;
      default:
        this.#troubles.add(record);
    }
  }

  get state(): KnownState {
    if (this.#closed?.recorded === true) return 'recorded';
    if (this.#closed !== undefined) return this.#closed.lost === true ? 'lost' : 'closed';
    const told = this.#meter.latest?.stats.state;
    return told !== undefined && isNameOf(ENDPOINT_STATES, told) ? told : 'open';
  }

  /** The troubles of the endpoint, with their times on the viewer's clock. */
  troubles(): {
    readonly atMs: number;
    readonly trouble: ReturnType<Troubles['latest']>[number];
  }[] {
    return this.#troubles
      .latest()
      .map((trouble) => ({ atMs: trouble.atMs + this.#behindMs, trouble }));
  }

  /** How many peers the endpoint has that are not kept here. */
  get peersLeftOut(): number {
    return Math.max(0, (this.#meter.latest?.stats.peersNow ?? 0) - this.#peers.size);
  }

  view(nowMs: number): Omit<EndpointView, 'label'> {
    const about = this.#about;
    const { state } = this;
    return {
      name: about?.name ?? '',
      address: about?.address ?? '',
      processId: about?.processId ?? 0,
      version: about?.version ?? '',
      state,
      error: this.#closed?.error,
      counts: this.#counts(nowMs),
      peers: isGone(this) ? [] : [...this.#peers.values()].map(peerView),
      procedures: this.#procedures(nowMs),
    };
  }

  #addPeer(record: RecordOf<'peer'>): void {
    const { peer, health } = record;
    // A map keeps the order of insertion, so the peer with the newest record is last.
    this.#peers.delete(peer);
    if (health !== 'forgotten') this.#peers.set(peer, record);
    if (this.#peers.size <= MAX_PEERS) return;
    for (const oldest of this.#peers.keys()) {
      this.#peers.delete(oldest);
      return;
    }
  }

  #counts(nowMs: number): CountsView | undefined {
    const latest = this.#meter.latest?.stats;
    if (latest === undefined) return undefined;
    const count = (countOf: (stats: Stats) => number): Count => this.#count(nowMs, latest, countOf);
    const fates = Object.keys(latest.fates).filter((fate) => (latest.fates[fate] ?? 0) > 0);
    return {
      callsMade: count(callsMade),
      requestsTaken: count(requestsTaken),
      inFlight: latest.inFlightNow,
      queued: latest.queuedNow,
      running: latest.runningNow,
      overrun: latest.overrunNow ?? 0,
      peers: latest.peersNow,
      outcomes: byOutcome((name) => count(({ outcomes }) => outcomes[name])),
      notificationsMade: count(notificationsMade),
      notificationsOpen: latest.notificationsNow ?? 0,
      notifications: mapRows(NO_NOTIFICATIONS, (_, ending) =>
        count(({ notifications = {} }) => notifications[ending] ?? 0),
      ),
      fates: Object.fromEntries(
        fates.map((fate) => [fate, count((stats) => stats.fates[fate] ?? 0)]),
      ),
      framesReceived: latest.framesReceived,
      datagramsReceived: latest.received,
      kernelDrops: latest.kernelDrops,
    };
  }

  #count(nowMs: number, latest: Stats, countOf: (stats: Stats) => number): Count {
    const perSecond = this.#perSecond(nowMs, ({ stats }) => countOf(stats));
    return { count: countOf(latest), perSecond };
  }

  #perSecond(nowMs: number, countOf: (counted: Counted) => number): number | undefined {
    return this.#meter.perSecond(nowMs - this.#behindMs, countOf);
  }

  #procedures(nowMs: number): ProcedureView[] {
    return [...(this.#meter.latest?.procedures ?? [])]
      .map(([procedure, outcomes]): ProcedureView => {
        const count = sum(outcomes);
        const perSecond = this.#perSecond(nowMs, ({ procedures }) =>
          sum(procedures.get(procedure) ?? NO_OUTCOMES),
        );
        const resolvedShare = count === 0 ? 0 : outcomes.resolved / count;
        return { procedure, calls: { count, perSecond }, resolvedShare, outcomes };
      })
      .sort((one, other) => other.calls.count - one.calls.count);
  }
}

function countedIn({ stats, procedures }: Counts): Counted {
  const byName = new Map<string, Outcomes>();
  for (const { procedure, outcomes } of procedures) {
    const known = byName.get(procedure) ?? NO_OUTCOMES;
    byName.set(
      procedure,
      byOutcome((name) => known[name] + outcomes[name]),
    );
  }
  return { stats, procedures: byName };
}

function peerView(record: RecordOf<'peer'>): PeerView {
  const { peer, health, inWindow, windowLimit, queued, inFlight, running, roundTripMs } = record;
  return {
    address: peer,
    health,
    inWindow,
    windowLimit,
    queued,
    inFlight,
    running,
    roundTripMs,
  };
}

function callsMade({ outcomes, queuedNow, inFlightNow }: Stats): number {
  return sum(outcomes) + queuedNow + inFlightNow;
}

function notificationsMade({ notifications = {}, notificationsNow = 0 }: Stats): number {
  return Object.values(notifications).reduce((total, count) => total + count, notificationsNow);
}

/** Requests that arrived for the first time and could be read. */
function requestsTaken({ fates }: Stats): number {
  return Object.entries(fates)
    .filter(([fate]) => fate === 'request.run' || fate.startsWith('request.refused.'))
    .reduce((total, [, count]) => total + count, 0);
}

function byOutcome<Value>(valueOf: (state: OutcomeState) => Value): Record<OutcomeState, Value> {
  return mapRows(NO_OUTCOMES, (_, state) => valueOf(state));
}

function sum(outcomes: Outcomes): number {
  return Object.values(outcomes).reduce((total, count) => total + count, 0);
}

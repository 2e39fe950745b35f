/**
 * Plan: what one seed does. It says how many peers there are, how each is configured, what the
 * network does to them and which faults strike. The ranges follow TigerBeetle's VOPR. Every class
 * of faults can be switched off.
 */
import type { AnyContract } from '../../src/contract/contract.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import type { LinkConditions } from '../../src/testing/network.js';
import { CONTRACT } from './contract.js';
import type { Dice } from './dice.js';

/** Extreme options. Each seed draws which of them its endpoints have. */
export const ODD_OPTIONS = [
  ...(['tinyReplyMemory', 'tinyReplyBytes', 'shortReplayWindow', 'tinyMailbox'] as const),
  ...(['tinyWindow', 'tinyOutstanding', 'tinyPeerTable', 'tinyLingering', 'shortLinger'] as const),
  ...(['fewHandlers', 'fewHandlersPerPeer', 'shortHandlerTimeout', 'shortTimeout'] as const),
  ...(['noCloseGrace', 'manyAttempts', 'strict', 'strictAmplification', 'contract'] as const),
  ...(['noBundles', 'smallBundles', 'largeBundles', 'quickRto'] as const),
] as const;

type OddOption = (typeof ODD_OPTIONS)[number];

/**
 * Everything that can go wrong, by class. A failure is minimised by leaving out one class after the
 * other.
 */
export const FAULT_CLASSES = [
  ...(['loss', 'duplication', 'delay', 'capacity', 'corruption', 'mtu'] as const),
  ...(['partition', 'clog', 'replay', 'rebind', 'crash', 'close', 'stall', 'downgrade'] as const),
  ...(['offPathAttacker', 'onPathAttacker', 'oldPeers', 'aborts', 'sendFaults'] as const),
  ...(['suspend', 'lateTimers', 'shortIds', 'throwingListeners', 'names', 'headers'] as const),
  ...(['notifications', 'middleware'] as const),
  ...ODD_OPTIONS,
] as const;

export type FaultClass = (typeof FAULT_CLASSES)[number];

/**
 * `ordinary`: faults strike at random. `swizzleClog`: the links of one peer after the other are
 * blocked, and released in another order. `allQuiet`: nothing strikes, and every call must succeed.
 */
type Mode = 'ordinary' | 'swizzleClog' | 'allQuiet';

/** Faults of the process itself, made by wrapping what the endpoint is given. */
export const PROCESS_FAULTS = [
  ...(['sendRefused', 'sendCallbackLate', 'sendCallbackLost'] as const),
  ...(['lateTimer', 'shortIds', 'throwingListener'] as const),
] as const;

export type ProcessFault = (typeof PROCESS_FAULTS)[number];

const CLASS_OF: Readonly<Record<ProcessFault, FaultClass>> = {
  sendRefused: 'sendFaults',
  sendCallbackLate: 'sendFaults',
  sendCallbackLost: 'sendFaults',
  lateTimer: 'lateTimers',
  shortIds: 'shortIds',
  throwingListener: 'throwingListeners',
};

/** The options of an endpoint. */
type NodeOptions = EndpointOptions & { readonly contract?: AnyContract };

/** One peer of the world. */
export interface NodePlan {
  readonly name: string;
  readonly host: string;
  /** `old` behaves like Python's rpcudp 5.x. */
  readonly kind: 'endpoint' | 'old';
  readonly options: NodeOptions;
  readonly oddOptions: readonly OddOption[];
  /** Whether it has middleware and interceptors. */
  readonly middleware: boolean;
  readonly faults: ReadonlySet<ProcessFault>;
  /** How often a process fault happens where it can. */
  readonly faultRate: number;
}

/** Mean times between two strikes, in milliseconds. Infinity means never. */
type Intervals = Readonly<Record<Strike, number>>;

/** What strikes from time to time. */
export const STRIKES = [
  ...(['partition', 'clog', 'replay', 'rebind', 'crash', 'close', 'stall', 'downgrade'] as const),
  ...(['offPathAttacker', 'onPathAttacker', 'suspend'] as const),
] as const;

export type Strike = (typeof STRIKES)[number];

export interface Plan {
  readonly mode: Mode;
  readonly nodes: readonly NodePlan[];
  /** By `from>to` hosts. */
  readonly links: ReadonlyMap<string, LinkConditions>;
  readonly intervals: Intervals;
  readonly calls: number;
  /** The mean time between two calls. */
  readonly callIntervalMs: number;
  /** Calls that must succeed after everything has healed. */
  readonly callsAfterHealing: number;
  /** Whether calls are made by host names, too, which may mean a wrong address. */
  readonly named: boolean;
  /** Whether calls have headers, which old peers must not be sent. */
  readonly headed: boolean;
  /** Whether endpoints notify each other, and old peers. */
  readonly notifies: boolean;
  /** Whether every actor is watched through an inspection observer. */
  readonly inspected: boolean;
  readonly settings: Settings;
}

/** The size of the plans: `short` plans are for `npm test`. */
export type Scale = 'short' | 'long';

/** Settings that a run applies to all its plans. */
export interface Settings {
  readonly scale: Scale;
  /** Classes of faults that no world has. */
  readonly without: ReadonlySet<FaultClass>;
  /** Classes of faults that every world has, except quiet ones. */
  readonly with: ReadonlySet<FaultClass>;
}

/** Settings under which every class of faults is drawn at random. */
export function ordinarySettings(scale: Scale): Settings {
  return { scale, without: new Set(), with: new Set() };
}

/** Whether a class of faults is left out of a plan, put into it, or drawn at random. */
type Ruling = 'no' | 'yes' | 'drawn';

type Range = readonly [least: number, most: number];

const SIZES: Readonly<Record<Scale, Readonly<Record<'peers' | 'calls' | 'after', Range>>>> = {
  short: { peers: [2, 5], calls: [10, 60], after: [4, 12] },
  long: { peers: [2, 8], calls: [40, 300], after: [100, 100] },
};

/** Each option is active in a quarter of the seeds, as in FoundationDB. */
const ACTIVE = 0.25;
/** Colliding ids always confuse old calls with new ones, so they are rare. */
const ODDS: Partial<Record<ProcessFault, number>> = { shortIds: 0.08 };

export function drawPlan(dice: Dice, settings: Settings): Plan {
  const mode = drawMode(dice);
  const quiet = mode === 'allQuiet';
  const rule = (fault: FaultClass): Ruling => {
    if (quiet || settings.without.has(fault)) return 'no';
    return settings.with.has(fault) ? 'yes' : 'drawn';
  };
  const size = SIZES[settings.scale];
  const nodes = drawNodes(dice.fork('nodes'), dice.integer(...size.peers), rule);
  return {
    mode,
    nodes,
    links: drawLinks(dice.fork('links'), nodes, rule),
    intervals: drawIntervals(dice.fork('intervals'), rule),
    calls: dice.integer(...size.calls),
    callIntervalMs: dice.pick([5, 50, 200, 400]),
    callsAfterHealing: dice.integer(...size.after),
    notifies: chance(dice.fork('notifications'), 0.5, quiet ? 'drawn' : rule('notifications')),
    named: chance(dice.fork('names'), ACTIVE, rule('names')),
    headed: chance(dice.fork('headers'), ACTIVE, rule('headers')),
    inspected: dice.chance(0.1),
    settings,
  };
}

function drawMode(dice: Dice): Mode {
  const draw = dice.unit();
  return draw < 0.05 ? 'allQuiet' : draw < 0.15 ? 'swizzleClog' : 'ordinary';
}

type Rule = (fault: FaultClass) => Ruling;

/**
 * Draws whether there is a fault. It always draws, so that a class that is left out changes no
 * other draw.
 */
function chance(dice: Dice, probability: number, ruling: Ruling): boolean {
  const drawn = dice.chance(probability);
  return ruling === 'drawn' ? drawn : ruling === 'yes';
}

function drawNodes(dice: Dice, count: number, rule: Rule): NodePlan[] {
  const odd = new Set(ODD_OPTIONS.filter((option) => chance(dice, ACTIVE, rule(option))));
  const active = new Set(
    PROCESS_FAULTS.filter((fault) => chance(dice, ODDS[fault] ?? ACTIVE, rule(CLASS_OF[fault]))),
  );
  const faultRate = dice.pick([0.02, 0.1, 0.25]);
  const around = dice.fork('middleware');
  return Array.from({ length: count }, (_, index) => {
    // The first two are endpoints, so that every world has two peers that speak the whole protocol.
    const mayBeOld = chance(dice, 0.3, rule('oldPeers'));
    const kind = index > 1 && mayBeOld ? 'old' : 'endpoint';
    const own = ODD_OPTIONS.filter((option) => dice.chance(0.5) && odd.has(option));
    const faults = PROCESS_FAULTS.filter((fault) => dice.chance(0.6) || fault === 'shortIds');
    return {
      name: `n${index + 1}`,
      host: `10.0.0.${index + 1}`,
      kind,
      options: optionsOf(own, dice),
      oddOptions: own,
      middleware: chance(around, ACTIVE, rule('middleware')) && kind === 'endpoint',
      faults: new Set(faults.filter((fault) => active.has(fault))),
      faultRate,
    };
  });
}

function optionsOf(odd: readonly OddOption[], dice: Dice): NodeOptions {
  const drawn: Readonly<Record<OddOption, NodeOptions>> = {
    tinyReplyMemory: { maxReplies: dice.below(8) },
    tinyReplyBytes: { maxReplyBytes: dice.below(200) },
    shortReplayWindow: { replayWindowMs: dice.below(3_000) },
    tinyMailbox: { mailbox: dice.below(3) },
    tinyWindow: { window: dice.integer(1, 2) },
    tinyOutstanding: { maxOutstanding: dice.integer(1, 4) },
    tinyPeerTable: { maxPeers: dice.integer(1, 3) },
    tinyLingering: { maxLingering: dice.below(3) },
    shortLinger: { lingerMs: dice.below(300) },
    fewHandlers: { maxRunningHandlers: dice.integer(1, 3) },
    fewHandlersPerPeer: { maxRunningPerPeer: dice.integer(1, 2) },
    shortHandlerTimeout: { handlerTimeoutMs: dice.integer(1, 300) },
    shortTimeout: { timeoutMs: dice.integer(1, 100) },
    noCloseGrace: { closeGraceMs: 0 },
    manyAttempts: { attempts: dice.integer(1, 6) },
    strict: { atMostOnce: 'strict' },
    strictAmplification: { amplification: 'strict' },
    contract: { contract: CONTRACT },
    noBundles: { maxBundleBytes: 0 },
    smallBundles: { maxBundleBytes: dice.integer(70, 300) },
    largeBundles: { maxBundleBytes: dice.integer(2_000, 65_507) },
    quickRto: { initialRtoMs: dice.integer(200, 1_000) },
  };
  return Object.assign({}, ...odd.map((name) => drawn[name])) as NodeOptions;
}

/** Most worlds have only a few kinds of faults at a time, so that each can show its own effects. */
function drawLinks(
  dice: Dice,
  nodes: readonly NodePlan[],
  rule: Rule,
): ReadonlyMap<string, LinkConditions> {
  const rate = (fault: FaultClass, probability: number, most: number) => {
    const drawn = dice.between(0, most);
    return chance(dice, probability, rule(fault)) ? drawn : 0;
  };
  const limit = (fault: FaultClass, least: number, most: number) => {
    const drawn = dice.integer(least, most);
    return chance(dice, 0.15, rule(fault)) ? drawn : Infinity;
  };
  const lossRate = rate('loss', 0.6, 0.3);
  const duplicationRate = rate('duplication', 0.5, 0.5);
  const corruptionRate = rate('corruption', 0.2, 0.1);
  const minDelayMs = rate('delay', 0.8, 30);
  const meanDelayMs = rate('delay', 0.7, 100);
  const maxInFlight = limit('capacity', 2, 20);
  const maxDatagramBytes = limit('mtu', 100, 1_472);
  const symmetric = dice.chance(0.5);
  const links = new Map<string, LinkConditions>();
  for (const { host: from } of nodes) {
    for (const { host: to } of nodes) {
      const factor = symmetric ? 1 : dice.between(0, 1);
      links.set(`${from}>${to}`, {
        lossRate: lossRate * factor,
        duplicationRate: duplicationRate * factor,
        corruptionRate: corruptionRate * factor,
        delayMs: { min: 0.5 + minDelayMs * factor, exponentialMean: meanDelayMs * factor },
        maxInFlight,
        maxDatagramBytes,
      });
    }
  }
  return links;
}

function drawIntervals(dice: Dice, rule: Rule): Intervals {
  const every = (strike: Strike, probability: number, least: number, most: number) => {
    const drawn = dice.between(least, most);
    return [strike, chance(dice, probability, rule(strike)) ? drawn : Infinity] as const;
  };
  return Object.fromEntries([
    every('partition', 0.4, 1_000, 8_000),
    every('clog', 0.4, 1_000, 8_000),
    every('replay', 0.5, 50, 2_000),
    every('rebind', 0.2, 2_000, 8_000),
    every('crash', 0.25, 2_000, 10_000),
    every('close', 0.3, 1_000, 10_000),
    every('stall', 0.3, 500, 5_000),
    every('downgrade', 0.2, 2_000, 8_000),
    every('offPathAttacker', 0.5, 50, 1_000),
    every('onPathAttacker', 0.25, 50, 1_000),
    every('suspend', 0.15, 2_000, 10_000),
  ]) as Intervals;
}

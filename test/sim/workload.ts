/** Workload: calls of all kinds between all peers, at random times. Some are cancelled. */
import type { CallOptions } from '../../src/api/call-options.js';
import type { Peer } from '../../src/api/peer.js';
import { CONTRACT, IDEMPOTENT } from './contract.js';
import type { EndpointNode } from './endpoint-node.js';
import type { OldPeer } from './old-peer.js';
import { hostNameOf } from './names.js';
import { argumentsFor, PROCEDURES } from './procedures.js';
import type { ProcedureName } from './procedures.js';
import { headersOf } from './invariants/headers.js';
import type { TrackedCall } from './tracked-call.js';
import type { World } from './world.js';

/** An address where nobody listens, so that what is sent there is lost. */
const NOBODY = Object.freeze({
  name: 'nobody',
  address: Object.freeze({ host: '10.9.9.9', port: 9 }),
  incarnation: 1,
});

/** The peer that is called, and the number of its life. */
type CallTarget = TrackedCall['target'] & { readonly incarnation: number };

/** Makes the calls of the plan one after the other. */
export function startWorkload(world: World): void {
  let left = world.plan.calls;
  const next = (): void => {
    if (world.healed || left === 0) return;
    left -= 1;
    // Sometimes many calls are made at once.
    const burst = world.dice.chance(0.05) ? world.dice.integer(2, 12) : 1;
    // Half of the time they all go from one peer to one other, so that they can be bundled.
    const pair = world.dice.chance(0.5) ? drawPair(world) : undefined;
    for (let index = 0; index < burst; index++) makeRandomCall(world, pair ?? drawPair(world));
    world.clock.setTimeout(next, world.dice.exponential(world.plan.callIntervalMs));
  };
  next();
}

/** Calls from one peer to another, all at once, of a procedure that every peer has. */
export function makeBurst(world: World, { caller, target }: Pair): void {
  if (caller.kind === 'old' || !caller.ready) return;
  for (let left = world.dice.integer(3, 8); left > 0; left--) {
    makeCall(world, caller, target, 'add', [], {});
  }
}

interface Pair {
  readonly caller: EndpointNode | OldPeer;
  readonly target: CallTarget | OldPeer;
}

function drawPair({ dice, peers }: World): Pair {
  return { caller: dice.pick(peers), target: dice.chance(0.03) ? NOBODY : dice.pick(peers) };
}

function makeRandomCall(world: World, { caller, target }: Pair): void {
  const { dice } = world;
  const procedure = dice.pick(PROCEDURES);
  if (caller.kind === 'old') {
    const token = newToken(world);
    if (target !== caller) caller.call(target.address, procedure, [token, dice.below(500)]);
    return;
  }
  if (!caller.ready) return;
  const timeoutMs = dice.pick([100, 500, 2_000, 5_000, undefined]);
  const attempts = dice.chance(0.4) ? dice.integer(1, 4) : undefined;
  const controller = dice.chance(0.2) ? new AbortController() : undefined;
  const abortion = drawAbortion(world);
  if (abortion?.kind === 'signalAtOnce') controller?.abort('at once');
  const call = makeCall(world, caller, target, procedure, argumentsFor(procedure, world), {
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(attempts !== undefined && { attempts }),
    ...(controller !== undefined && { signal: controller.signal }),
  });
  if (abortion === undefined || call === undefined) return;
  caller.later(abortion.afterMs, () => {
    if (abortion.kind === 'cancel') call.call.cancel('at random');
    else controller?.abort('at random');
  });
}

/**
 * Whether and how a call is cancelled. Everything is always drawn, so that leaving it out changes
 * no other draw.
 */
function drawAbortion({ dice, plan }: World) {
  const aborts = dice.chance(0.15);
  const kind = dice.pick(['cancel', 'cancel', 'signal', 'signal', 'signalAtOnce'] as const);
  const afterMs = dice.below(800);
  if (!aborts || plan.mode === 'allQuiet' || plan.settings.without.has('aborts')) return undefined;
  return { kind, afterMs };
}

/** Makes one call that the world tracks; undefined when the endpoint cannot take it. */
export function makeCall(
  world: World,
  caller: EndpointNode,
  target: CallTarget,
  procedure: ProcedureName,
  details: readonly unknown[],
  options: CallOptions,
  byName = world.drawsName(),
): TrackedCall | undefined {
  const token = newToken(world);
  const { endpoint, clock } = caller.life;
  const contracted = world.dice.chance(0.3) && procedure !== 'missing';
  const { port } = target.address;
  const address = byName ? { host: hostNameOf(target), port } : target.address;
  const headers = world.drawsHeaders() ? headersOf(token) : undefined;
  const call = attempt(() => {
    const peer: Peer = contracted ? endpoint.peer(address, CONTRACT) : endpoint.peer(address);
    return peer.call(procedure, [token, ...details], { ...options, headers });
  });
  if (call === undefined) {
    world.coverage.reach('call:refused');
    return undefined;
  }
  const timeoutMs = options.timeoutMs ?? caller.limits.timeoutMs;
  const tracked: TrackedCall = {
    token,
    procedure,
    node: caller,
    incarnation: caller.incarnation,
    target: { name: target.name, address: { ...target.address } },
    targetIncarnation: target.incarnation,
    madeAtMs: world.nowMs,
    timeoutMs,
    dueMs: clock.nowMs() + timeoutMs,
    attempts: options.attempts ?? caller.limits.attempts,
    idempotent: contracted && IDEMPOTENT.includes(procedure),
    headed: headers !== undefined,
    call,
    signal: options.signal,
    outcomeReports: 0,
    overdue: 0,
    sequels: 0,
    outcome: undefined,
    settledAtMs: undefined,
    abandoned: false,
  };
  world.track(tracked);
  return tracked;
}

/** The second draw makes it improbable that a corrupted token is that of another call. */
function newToken(world: World): string {
  const mark = world.dice.below(2 ** 32).toString(16);
  return `t${world.tokens++}.${mark}`;
}

/** Errors of the caller, which random calls also make. */
const MISTAKES: readonly string[] = ['TooManyPeersError', 'InvalidArgumentsError'];

function attempt<Result>(action: () => Result): Result | undefined {
  try {
    return action();
  } catch (error) {
    if (MISTAKES.includes((error as Error).name)) return undefined;
    throw error;
  }
}

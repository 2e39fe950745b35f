/** Outstanding: what calls cost while other calls wait for a silent peer. */
import type { Peer } from 'rpcudp';
import { addressOf, ARGS, callInTurn, openCaller, TIMEOUT_MS } from './caller.js';
import type { Caller } from './caller.js';
import { turns } from './frozen-clock.js';
import { cpuMicrosEach, memoryInUse, mustBe } from './measured.js';
import type { Measured } from './measured.js';
import { SILENT_HOST } from './null-transport.js';

/** How many calls are made in one turn of the event loop. */
const CALLS_PER_TURN = 1_000;
const MIB = 1024 * 1024;
/** What may be left when everything is over: tables that keep their size, and compiled code. */
const MAX_LEFT_MIB = 32;

/**
 * Opens calls to a silent peer, measures other calls, and waits until the open calls have timed
 * out.
 */
export async function outstanding(count: number, sample: number): Promise<Measured> {
  const { endpoint, clock } = await openCaller(count);
  const silent = endpoint.peer(`${SILENT_HOST}:9`);
  const answering = endpoint.peer(addressOf(1));
  await callInTurn([answering], sample / 2);
  // Another silent peer, because time-outs shrink a peer's window.
  await openCalls(endpoint.peer(`${SILENT_HOST}:8`), Math.min(count, CALLS_PER_TURN));
  await clock.advance(TIMEOUT_MS);
  await callInTurn([answering], sample / 2);
  const before = memoryInUse();
  const { timedOut } = endpoint.stats().outcomes;

  const opening = await cpuMicrosEach(count, () => openCalls(silent, count));
  mustBe('calls outstanding', endpoint.stats().inFlightNow, count);
  const calling = await cpuMicrosEach(sample, () => callInTurn([answering], sample));
  const waiting = await cpuMicrosEach(count, async () => {
    for (let ms = 1_000; ms < TIMEOUT_MS; ms += 1_000) await clock.advance(1_000);
  });
  mustBe('calls still outstanding', endpoint.stats().inFlightNow, count);
  const startedMs = performance.now();
  const settling = await cpuMicrosEach(count, () => clock.advance(1_000));
  const settledMs = performance.now() - startedMs;
  mustBe('calls that timed out', endpoint.stats().outcomes.timedOut - timedOut, count);
  await finish({ endpoint, clock });
  const leftMib = (memoryInUse().heap - before.heap) / MIB;
  if (leftMib > MAX_LEFT_MIB) throw new Error(`${leftMib.toFixed(1)} MiB are left in the heap`);
  return {
    'a call, µs': calling,
    'opening, µs': opening,
    'waiting 30 s, µs': waiting,
    'timing out, µs': settling,
    'all time out in, ms': settledMs,
    'peak RSS, MiB': process.resourceUsage().maxRSS / 1024,
  };
}

/** Makes calls whose only listener is the peer's, as users of events do. */
export async function openCalls(peer: Peer, count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) {
    peer.call('echo', ARGS);
    if (made % CALLS_PER_TURN === 0) await turns(1);
  }
  await turns(2);
}

/** Lets lingering calls end, closes, and checks that nothing is left. */
async function finish({ endpoint, clock }: Caller): Promise<void> {
  await clock.advance(TIMEOUT_MS);
  const { inFlightNow, lingeringNow, queuedNow } = endpoint.stats();
  mustBe('calls left', inFlightNow + lingeringNow + queuedNow, 0);
  await endpoint.close();
}

/**
 * Caller: the calling side of the measurements, an endpoint without a network, and calls that keep
 * it busy.
 */
import { createEndpoint } from 'rpcudp';
import type { Endpoint, Peer } from 'rpcudp';
import { FrozenClock } from './frozen-clock.js';
import { NullTransport } from './null-transport.js';

/**
 * How long the calls of the measurements wait: enough for the alarms of four transmissions, and
 * some time more.
 */
export const TIMEOUT_MS = 30_000;
export const ARGS = ['Snake Plissken'];

const IN_FLIGHT = 64;

export interface Caller {
  readonly endpoint: Endpoint;
  readonly clock: FrozenClock;
}

/** An endpoint that allows this many calls and peers at the same time. */
export async function openCaller(calls: number, peers = 3): Promise<Caller> {
  const clock = new FrozenClock();
  const most = calls + IN_FLIGHT;
  const endpoint = await createEndpoint({
    clock,
    transport: new NullTransport(),
    timeoutMs: TIMEOUT_MS,
    initialWindow: most,
    window: most,
    maxOutstanding: most,
    maxPeers: peers,
    // The transport here takes each request separately.
    maxBundleBytes: 0,
  });
  return { endpoint, clock };
}

/** Calls peers that answer, one after the other, with 64 calls in flight. */
export async function callInTurn(peers: readonly Peer[], calls: number): Promise<void> {
  let made = 0;
  const lane = async (): Promise<void> => {
    while (made < calls) {
      const peer = peers[made % peers.length];
      made += 1;
      const outcome = await peer?.call('echo', ARGS);
      if (outcome?.state !== 'resolved') throw new Error(`A call was ${outcome?.state}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

/** The address of the peer with this number, in a network of sixteen million. */
export function addressOf(peer: number): string {
  return `10.${(peer >> 16) & 255}.${(peer >> 8) & 255}.${peer & 255}:9`;
}

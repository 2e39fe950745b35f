/** Peers: what calls cost among many peers. */
import type { Endpoint } from 'rpcudp';
import { addressOf, callInTurn, openCaller } from './caller.js';
import { cpuMicrosEach, mustBe } from './measured.js';
import type { Measured } from './measured.js';

/** With fewer peers, calls in flight would leave no peer idle. */
const FEWEST_TO_DISPLACE = 1_000;
const MOST_TO_DISPLACE = 10_000;
const PEERS_AT_A_TIME = 100;

/**
 * Calls this many peers one after the other: first once, so that they are known, and then to
 * measure.
 */
export async function peers(count: number, sample: number): Promise<Measured> {
  const { endpoint } = await openCaller(0, count + 1);
  await callInTurn([endpoint.peer(addressOf(count))], sample / 2);
  const all = Array.from({ length: count }, (_, peer) => endpoint.peer(addressOf(peer)));
  const meeting = await cpuMicrosEach(count, () => callInTurn(all, count));
  const calling = await cpuMicrosEach(sample, () => callInTurn(all, sample));
  mustBe('peers', endpoint.stats().peersNow, count + 1);
  const displacing = count < FEWEST_TO_DISPLACE ? NaN : await displace(endpoint, count);
  await endpoint.close();
  return {
    'a call, µs': calling,
    'the first call to each, µs': meeting,
    'when another is forgotten, µs': displacing,
  };
}

/** Calls peers for which there is no room. Each replaces an idle peer. */
async function displace(endpoint: Endpoint, known: number): Promise<number> {
  const count = Math.min(known, MOST_TO_DISPLACE);
  const micros = await cpuMicrosEach(count, async () => {
    const others = Array.from({ length: count }, (_, peer) => addressOf(known + 1 + peer));
    for (let first = 0; first < count; first += PEERS_AT_A_TIME) {
      const some = others.slice(first, first + PEERS_AT_A_TIME);
      await callInTurn(
        some.map((address) => endpoint.peer(address)),
        some.length,
      );
    }
  });
  mustBe('peers', endpoint.stats().peersNow, known + 1);
  return micros;
}

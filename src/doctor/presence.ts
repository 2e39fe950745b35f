/** Presence: asks by probes whether an rpcudp endpoint is there, and hears where from. */
import { formatAddress, type SocketAddress } from '../address/address.js';
import { encodeSignal } from '../wire/signal.js';
import type { PresenceEvidence } from './evidence.js';
import type { Prober, Question } from './prober.js';
import { rounded } from './rounded.js';

/** How long each probe is waited for before the next one is sent, 3 s in all. */
const PAUSES_MS = [100, 200, 300, 400, 500, 700, 800];

/** Sends probes until the address that is asked answers, or 3 s are over. */
export async function examinePresence(
  prober: Prober,
  to: SocketAddress,
): Promise<PresenceEvidence> {
  const asked: Question[] = [];
  for (const pauseMs of PAUSES_MS) {
    asked.push(prober.ask(encodeSignal('probe', prober.nextId()), to));
    if (await prober.until(() => asked.some(({ answer }) => answer !== undefined), pauseMs)) break;
  }
  const answers = asked.flatMap(({ answer }) => answer ?? []);
  const rttMs = answers[0]?.afterMs;
  return {
    address: formatAddress(to),
    localPort: prober.local.port,
    sent: asked.length,
    taken: asked.filter(({ refused }) => refused === undefined).length,
    answered: answers.length,
    ...(rttMs !== undefined && { rttMs: rounded(rttMs) }),
    elsewhere: [...new Set(asked.flatMap(({ elsewhere }) => elsewhere?.from ?? []))],
    copies: asked.reduce((sum, { more }) => sum + more, 0),
    refused: [...new Set(asked.flatMap(({ refused }) => refused ?? []))],
  };
}

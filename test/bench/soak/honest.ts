/**
 * Honest clients: the process of the soak whose calls must be answered. Each client is an endpoint
 * with a port of its own. It makes some calls and closes, and another takes its place.
 */
import { setTimeout } from 'node:timers/promises';
import { createEndpoint } from 'rpcudp';
import type { Outcome, Peer } from 'rpcudp';
import { converse } from '../comparison/conversation.js';
import type { HonestSample } from './samples.js';

const HOST = '127.0.0.1';
const CLIENTS = 64;
/** With the pauses a client lives for four seconds, so that sixteen come each second. */
const CALLS_OF_A_CLIENT = 40;
const PAUSE_MS = 100;
/** One call in this many is answered only after the client itself was called. */
const CALLED_BACK = 8;
const TIMEOUT_MS = 2_000;
const TEXT = 'Snake Plissken';

const [port = ''] = process.argv.slice(2);

let latenciesMs: number[] = [];
let resolved = 0;
let unresolved: Record<string, number> = {};
let clients = 0;

/** Makes a call, and notes what came of it. */
async function call(peer: Peer, procedure: 'echo' | 'callBack'): Promise<void> {
  const startedMs = performance.now();
  const outcome = await peer.call(procedure, [TEXT], { timeoutMs: TIMEOUT_MS });
  if (outcome.state === 'resolved' && outcome.value === TEXT) {
    resolved += 1;
    // A call that is called back takes two round trips.
    if (procedure === 'echo') latenciesMs.push(performance.now() - startedMs);
    return;
  }
  const how = howItEnded(outcome);
  unresolved[how] = (unresolved[how] ?? 0) + 1;
}

function howItEnded(outcome: Outcome): string {
  switch (outcome.state) {
    case 'resolved':
      return `called back: ${String(outcome.value)}`;
    case 'timedOut':
      return `timedOut: ${outcome.verdict}`;
    case 'rejected':
      return `rejected: ${outcome.error.code}`;
    default:
      return outcome.state;
  }
}

/** The life of one client. */
async function live(): Promise<void> {
  const handlers = { echo: (_: unknown, text: string): string => text };
  await using endpoint = await createEndpoint({ host: HOST, handlers });
  clients += 1;
  const peer = endpoint.peer(`${HOST}:${port}`);
  for (let made = 1; made <= CALLS_OF_A_CLIENT; made += 1) {
    await call(peer, made % CALLED_BACK === 0 ? 'callBack' : 'echo');
    await setTimeout(PAUSE_MS);
  }
}

async function liveAgainAndAgain(index: number): Promise<void> {
  // Otherwise all would come and go at the same time.
  await setTimeout((index * PAUSE_MS * CALLS_OF_A_CLIENT) / CLIENTS);
  for (;;) await live();
}

for (let index = 0; index < CLIENTS; index += 1) void liveAgainAndAgain(index);

converse({}, (): HonestSample => {
  const sample = { latenciesMs, resolved, unresolved, clients };
  latenciesMs = [];
  unresolved = {};
  resolved = clients = 0;
  return sample;
});

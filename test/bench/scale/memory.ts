/** Memory: how much memory an endpoint takes, and each thing that it holds. */
import { createEndpoint } from 'rpcudp';
import type { Endpoint } from 'rpcudp';
import { addressOf, ARGS, callInTurn, openCaller } from './caller.js';
import { FrozenClock, turns } from './frozen-clock.js';
import { bytesEach, mustBe } from './measured.js';
import type { Measured } from './measured.js';
import { NullTransport, SILENT_HOST } from './null-transport.js';
import { openCalls } from './outstanding.js';
import { openServer, serve } from './replies.js';

/**
 * How many calls are answered for each one that stays open, where outstanding calls are few among
 * many.
 */
const ANSWERED_FOR_EACH = 200;
const PEERS_AT_A_TIME = 1_000;
/** As many endpoints as it takes until what is made once is made. */
const FIRST_ENDPOINTS = 50;

/**
 * Calls to a silent peer. What the caller passes, and the array of arguments, is shared and not
 * counted.
 */
export async function outstandingCall(count: number): Promise<Measured> {
  const { endpoint } = await openCaller(count);
  const silent = endpoint.peer(`${SILENT_HOST}:9`);
  await warmUp(endpoint.peer(addressOf(1)));
  const bytes = await bytesEach(count, () => openCalls(silent, count));
  await endpoint.close();
  return columns(bytes);
}

/**
 * The same, each with the promise that `await` makes of a call. What waits for that promise is not
 * counted.
 */
export async function awaitedCall(count: number): Promise<Measured> {
  const { endpoint } = await openCaller(count);
  const silent = endpoint.peer(`${SILENT_HOST}:9`);
  await warmUp(endpoint.peer(addressOf(1)));
  const settled = (): void => undefined;
  const bytes = await bytesEach(count, async () => {
    for (let made = 0; made < count; made += 1) void silent.call('echo', ARGS).then(settled);
    await turns(2);
  });
  await endpoint.close();
  return columns(bytes);
}

/**
 * Each is opened among many calls that are answered. Memory that it shares with them is not freed
 * when they end.
 */
export async function callAmongAnswered(count: number): Promise<Measured> {
  const { endpoint } = await openCaller(count);
  const silent = endpoint.peer(`${SILENT_HOST}:9`);
  const answering = endpoint.peer(addressOf(1));
  await warmUp(answering);
  const bytes = await bytesEach(count, async () => {
    for (let made = 0; made < count; made += 1) {
      silent.call('echo', ARGS);
      await callInTurn([answering], ANSWERED_FOR_EACH);
    }
  });
  await endpoint.close();
  return columns(bytes);
}

/** Peers that answered one call. Nobody holds a handle of them. */
export async function idlePeer(count: number): Promise<Measured> {
  const { endpoint } = await openCaller(0, count + 1);
  await warmUp(endpoint.peer(addressOf(count)));
  const bytes = await bytesEach(count, async () => {
    for (let first = 0; first < count; first += PEERS_AT_A_TIME) {
      const some = Array.from({ length: PEERS_AT_A_TIME }, (_, n) => addressOf(first + n));
      await callInTurn(
        some.map((address) => endpoint.peer(address)),
        PEERS_AT_A_TIME,
      );
    }
  });
  mustBe('peers', endpoint.stats().peersNow, count + 1);
  await endpoint.close();
  return columns(bytes);
}

/** Requests that were replied to, with their replies. */
export async function rememberedReply(count: number): Promise<Measured> {
  await serve(await openServer(count), count / 2);
  const server = await openServer(count);
  const bytes = await bytesEach(count, () => serve(server, count));
  mustBe('replies remembered', server.endpoint.stats().rememberedNow, count);
  await server.endpoint.close();
  return columns(bytes);
}

/** Endpoints that serve a procedure, and have neither called nor heard anybody. */
export async function idleEndpoint(count: number): Promise<Measured> {
  const clock = new FrozenClock();
  const endpoints: Endpoint[] = [];
  const open = async (more: number): Promise<void> => {
    for (let opened = 0; opened < more; opened += 1) {
      const handlers = { echo: (_: unknown, text: string): string => text };
      endpoints.push(await createEndpoint({ clock, transport: new NullTransport(), handlers }));
    }
  };
  await open(FIRST_ENDPOINTS);
  const bytes = await bytesEach(count, () => open(count));
  mustBe('endpoints', endpoints.length, FIRST_ENDPOINTS + count);
  // An idle endpoint still works.
  for (const endpoint of endpoints.slice(-2)) await callInTurn([endpoint.peer(addressOf(1))], 1);
  return { ...columns(bytes), 'peak RSS, MiB': process.resourceUsage().maxRSS / 1024 };
}

function warmUp(answering: Parameters<typeof callInTurn>[0][number]): Promise<void> {
  return callInTurn([answering], 20_000);
}

function columns({ heap, external }: { heap: number; external: number }): Measured {
  return { 'heap, bytes': heap, 'outside, bytes': external, 'sum, bytes': heap + external };
}

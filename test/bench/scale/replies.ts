/** Replies: what serving a request costs, by the number of remembered requests. */
import { createEndpoint } from 'rpcudp';
import type { Endpoint } from 'rpcudp';
import { FrozenClock, turns } from './frozen-clock.js';
import { cpuMicrosEach, mustBe } from './measured.js';
import type { Measured } from './measured.js';
import { NullTransport } from './null-transport.js';

const SENDERS = 64;
const REQUESTS_PER_TURN = 64;

export interface Server {
  readonly endpoint: Endpoint;
  readonly transport: NullTransport;
}

/** An endpoint that remembers this many requests with all their replies. */
export async function openServer(maxReplies: number): Promise<Server> {
  const transport = new NullTransport();
  const endpoint = await createEndpoint({
    transport,
    clock: new FrozenClock(),
    handlers: { echo: (_, value: unknown) => value },
    maxReplies,
    maxReplyBytes: maxReplies * 100,
    maxBundleBytes: 0,
  });
  return { endpoint, transport };
}

/** Delivers requests from several peers, each with a new id. */
export async function serve({ transport }: Server, requests: number): Promise<void> {
  for (let served = 0; served < requests; served += 1) {
    transport.request(`127.0.1.${served % SENDERS}`, 9);
    if (served % REQUESTS_PER_TURN === 0) await turns(1);
  }
  await turns(2);
}

/** Fills the memory of a new endpoint, and continues when each request replaces the oldest. */
export async function replies(count: number, sample: number): Promise<Measured> {
  await serve(await openServer(sample), sample);
  const server = await openServer(count);
  const filling = await cpuMicrosEach(count, () => serve(server, count));
  mustBe('replies remembered', server.endpoint.stats().rememberedNow, count);
  const displacing = await cpuMicrosEach(sample, () => serve(server, sample));
  const { rememberedNow, forgottenEarly, requests, withheldReplies } = server.endpoint.stats();
  mustBe('replies remembered', rememberedNow, count);
  mustBe('requests displaced', forgottenEarly, sample);
  mustBe('requests replied to', requests.replied - withheldReplies, count + sample);
  await server.endpoint.close();
  return { 'while it fills, µs': filling, 'when it is full, µs': displacing };
}

/**
 * Serving Python: what a Python client and a server of this package must do together, whichever
 * version of rpcudp that has.
 */
import { createEndpoint } from '../../src/index.js';
import type { Endpoint, EndpointReport, Handlers } from '../../src/index.js';
import type { Checks } from '../fixtures/checks.js';
import { PythonPeer } from './python-peer.js';
import { LARGEST_TEXT_BYTES, PYTHON_ONLY, SAME_BOTH_WAYS, textOf } from './python-values.js';

/** How many seconds a client waits: enough on any machine, or little when no answer will come. */
const PATIENT = '10';
export const IMPATIENT = '0.2';
/**
 * The payload of a datagram, without type and id, room for a header map, and the head of the
 * msgpack text.
 */
const LARGEST_RESULT_BYTES = 65_507 - 21 - 3 - 3;

type Settled = Extract<EndpointReport, { type: 'request.settled' }>;

/** A server, and what tests want of it. */
interface OpenServer {
  readonly server: Endpoint;
  readonly to: readonly [host: string, port: number];
  readonly errors: unknown[];
  readonly nextSettled: () => Promise<Settled>;
}

export async function openServer(t: Checks, handlers: Handlers): Promise<OpenServer> {
  const errors: unknown[] = [];
  const server = await createEndpoint({
    host: '127.0.0.1',
    handlers,
    onError: (error) => errors.push(error),
  });
  t.teardown(() => server.close());
  const nextSettled = () =>
    new Promise<Settled>((resolve) => {
      const subscription = server.on('request.settled', (report) => {
        subscription.unsubscribe();
        resolve(report);
      });
    });
  return { server, to: [server.address.host, server.address.port], errors, nextSettled };
}

/** rpcudp 5.x. */
export function servesPython(t: Checks): Promise<void> {
  return servesPeer(t, 'client.py');
}

/** rpcudp 2.0, on Twisted. */
export function servesTwisted(t: Checks): Promise<void> {
  return servesPeer(t, 'twisted_peer.py');
}

async function servesPeer(t: Checks, script: string): Promise<void> {
  const received: unknown[] = [];
  const { server, to, errors } = await openServer(t, {
    echo: (_scope, value: unknown) => value,
    receive: (_scope, value: unknown) => void received.push(value),
    length: (_scope, value: string) => value.length,
    bytes: (_scope, length: number) => new Uint8Array(length).fill(0x78),
  });
  const { peer } = await PythonPeer.listen(t, script, PATIENT);
  const call = (procedure: string, args: string) => peer.ask({ procedure, to, args });

  t.test('values arrive here with their types', async (t) => {
    for (const { title, js, python } of [...SAME_BOTH_WAYS, ...PYTHON_ONLY]) {
      t.match(await call('receive', `[${python}]`), { answered: true, got: 'None' });
      t.equal(textOf(received.pop()), textOf(js), title);
    }
  });

  t.test('values go back with their types', async (t) => {
    for (const { title, python } of SAME_BOTH_WAYS) {
      const { sent, got } = await call('echo', `[${python}]`);
      t.equal(`[${String(got)}]`, sent, title);
    }
  });

  t.test('the largest request arrives, and Python refuses one byte more', async (t) => {
    const { got } = await call('length', `['x' * ${LARGEST_TEXT_BYTES}]`);
    t.equal(got, String(LARGEST_TEXT_BYTES));
    const refused = await call('length', `['x' * ${LARGEST_TEXT_BYTES + 1}]`);
    t.strictSame(refused, { raised: 'MalformedMessage' });
  });

  t.test('a reply that fills the largest datagram arrives', async (t) => {
    const { got } = await call('bytes', `[${LARGEST_RESULT_BYTES}]`);
    t.equal(got, `b'${'x'.repeat(LARGEST_RESULT_BYTES)}'`);
  });

  t.test('a thousand calls, 64 in flight, are all echoed', async (t) => {
    const before = server.stats().fates['request.run'];
    const answer = await peer.ask({ procedure: 'echo', to, count: 1_000, window: 64 });
    t.strictSame(answer, { echoed: 1_000 });
    t.equal(server.stats().fates['request.run'] - before, 1_000);
  });

  t.test('nothing failed on either side', async (t) => {
    t.strictSame(errors, []);
    const { received, fates } = server.stats();
    t.equal(fates['request.run'], received, 'every datagram was a request that ran');
    t.strictSame(await peer.stop(), []);
  });
}

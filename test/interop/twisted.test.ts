/**
 * rpcudp 2.0, the last major version on Twisted, in both directions. Networks of its time still
 * run: Kademlia on Twisted is built on it.
 */
import t from 'tap';
import { createEndpoint } from '../../src/index.js';
import { twistedPython } from '../fixtures/real-parts.js';
import { PythonPeer } from './python-peer.js';
import { LARGEST_TEXT_BYTES, PYTHON_ONLY, SAME_BOTH_WAYS, textOf } from './python-values.js';

// Python needs some time to start, and tests of silence wait until it is certain.
t.setTimeout(180_000);

/** The procedures of twisted_peer.py. */
interface TwistedServer {
  echo(scope: unknown, value: unknown): unknown;
  length(scope: unknown, value: string): number;
  evaluate(scope: unknown, expression: string): unknown;
  compare(scope: unknown, value: unknown, expression: string): [string, string];
  fail(scope: unknown): never;
  hold(scope: unknown): string;
  missing(scope: unknown): never;
}

/** How many seconds it waits for an answer: enough on any machine, or little when none will come. */
const PATIENT = '10';
const IMPATIENT = '0.2';

const { skip = false } = twistedPython();

t.test('a client of this package calls a server on Twisted', { skip }, async (t) => {
  const { peer, address } = await PythonPeer.listen(t, 'twisted_peer.py', PATIENT);
  const client = await createEndpoint({ host: '127.0.0.1', timeoutMs: 10_000, mailbox: 1_000 });
  t.teardown(() => client.close());
  const server = client.peer<TwistedServer>(address);

  t.test('values arrive there with their types', async (t) => {
    for (const { title, js, python } of SAME_BOTH_WAYS) {
      const [arrived, expected] = await server.call('compare', [js, python]).value();
      t.equal(arrived, expected, title);
    }
  });

  t.test("Python's own values arrive here with their types", async (t) => {
    for (const { title, js, python } of [...SAME_BOTH_WAYS, ...PYTHON_ONLY]) {
      const arrived = await server.call('evaluate', [python]).value();
      t.equal(textOf(arrived), textOf(js), title);
    }
  });

  t.test('the largest request and the largest reply arrive', async (t) => {
    const largest = 'x'.repeat(LARGEST_TEXT_BYTES);
    t.equal(await server.call('length', [largest]).value(), LARGEST_TEXT_BYTES);
    const outcome = await server.call('evaluate', ["b'x' * (65507 - 21 - 3)"]);
    t.match(outcome, { state: 'resolved', value: { length: 65_483 } });
  });

  t.test('a thousand calls, 64 in flight, all resolve', async (t) => {
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    const calls = numbers.map((number) => server.call('echo', [number]).value());
    t.strictSame(await Promise.all(calls), numbers);
  });

  t.test('a Deferred is answered when it fires, late if need be', async (t) => {
    const call = server.call('hold', [], { timeoutMs: 200 });
    const late = new Promise((resolve) => {
      call.on('call.late', resolve);
    });
    t.match(await call, { state: 'timedOut', executed: 'maybe', attempts: 1 });
    peer.tell({ release: true });
    t.match(await late, { lateByMs: Number });
  });

  t.test('it is known as an old peer, and got each request once and nothing else', async (t) => {
    t.equal(server.native, false);
    const { attempted, framesAttempted, outcomes, fates } = client.stats();
    t.equal(attempted, outcomes.resolved + outcomes.timedOut);
    t.equal(framesAttempted, attempted, 'no bundles');
    t.equal(fates['response.matched'], outcomes.resolved);
    t.strictSame(await peer.stop(), []);
  });
});

t.test('what it does not answer is a time-out, and it lives on', { skip }, async (t) => {
  const { peer, address } = await PythonPeer.listen(t, 'twisted_peer.py', PATIENT);
  const client = await createEndpoint({ host: '127.0.0.1', timeoutMs: 200 });
  t.teardown(() => client.close());
  const server = client.peer<TwistedServer>(address);
  for (const procedure of ['missing', 'fail'] as const) {
    const outcome = await server.call(procedure);
    t.match(outcome, { state: 'timedOut', executed: 'maybe', attempts: 1 }, procedure);
  }
  t.equal(await server.call('echo', ['alive'], { timeoutMs: 10_000 }).value(), 'alive');
  // Twisted logs an unhandled error only when the failure is collected, so nothing is said of it here.
  await peer.kill();
});

t.test('a client on Twisted calls a server of this package', { skip }, async (t) => {
  const received: unknown[] = [];
  const server = await createEndpoint({
    host: '127.0.0.1',
    handlers: {
      echo: (_scope, value: unknown) => value,
      receive: (_scope, value: unknown) => void received.push(value),
      length: (_scope, value: string) => value.length,
    },
  });
  t.teardown(() => server.close());
  const to = [server.address.host, server.address.port];
  const { peer } = await PythonPeer.listen(t, 'twisted_peer.py', PATIENT);
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

  t.test('the largest request arrives, and it refuses one byte more', async (t) => {
    const { got } = await call('length', `['x' * ${LARGEST_TEXT_BYTES}]`);
    t.equal(got, String(LARGEST_TEXT_BYTES));
    const refused = await call('length', `['x' * ${LARGEST_TEXT_BYTES + 1}]`);
    t.strictSame(refused, { raised: 'MalformedMessage' });
  });

  t.test('a thousand calls, 64 in flight, are all echoed', async (t) => {
    const answer = await peer.ask({ procedure: 'echo', to, count: 1_000, window: 64 });
    t.strictSame(answer, { echoed: 1_000 });
  });

  t.test('every datagram was a request that ran, and nothing failed', async (t) => {
    const { received, fates } = server.stats();
    t.equal(fates['request.run'], received);
    t.strictSame(await peer.stop(), []);
  });
});

t.test('an unknown procedure is silence to it', { skip }, async (t) => {
  const server = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => server.close());
  const { peer } = await PythonPeer.listen(t, 'twisted_peer.py', IMPATIENT);
  const to = [server.address.host, server.address.port];
  const answer = await peer.ask({ procedure: 'missing', to, args: '[]' });
  t.strictSame(answer, { answered: false, sent: '[]', got: 'None' });
  t.equal(server.stats().fates['request.refused.unknownProcedure'], 1);
});

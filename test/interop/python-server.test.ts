import t, { type Test } from 'tap';
import { createEndpoint } from '../../src/index.js';
import type { EndpointOptions } from '../../src/index.js';
import { PythonPeer } from './python-peer.js';
import { LARGEST_TEXT_BYTES, PYTHON_ONLY, SAME_BOTH_WAYS, textOf } from './python-values.js';
import { python } from '../fixtures/real-parts.js';

// Python needs some time to start, and tests of silence wait until it is certain.
t.setTimeout(180_000);

/** The procedures of server.py. */
interface PythonServer {
  echo(scope: unknown, value: unknown): unknown;
  length(scope: unknown, value: string): number;
  evaluate(scope: unknown, expression: string): unknown;
  compare(scope: unknown, value: unknown, expression: string): [string, string];
  fail(scope: unknown): never;
  hold(scope: unknown): string;
  missing(scope: unknown): never;
}

/** Long enough for an answer on any machine, so that the time-out does not matter. */
const PATIENT = { timeoutMs: 10_000 };
/** For calls that get no answer. A shorter time-out gives the same outcome sooner. */
const IMPATIENT = { timeoutMs: 200 };

async function openClient(t: Test, address: string, options: EndpointOptions = {}) {
  const client = await createEndpoint({ host: '127.0.0.1', ...PATIENT, ...options });
  t.teardown(() => client.close());
  return { client, server: client.peer<PythonServer>(address) };
}

/**
 * A host where a port can be released and bound again. At 127.0.0.1 the sockets of other tests
 * could take it in between. Linux accepts all of 127.0.0.0/8.
 */
const QUIET_HOST = process.platform === 'linux' ? '127.0.0.77' : '127.0.0.1';

const { skip = false } = python();

t.test('a client of this package calls a Python server', { skip }, async (t) => {
  const { peer, address } = await PythonPeer.listen(t, 'server.py');
  const { client, server } = await openClient(t, address, { mailbox: 1_000 });

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

  t.test('the largest request arrives, and one byte more is refused here', async (t) => {
    const largest = 'x'.repeat(LARGEST_TEXT_BYTES);
    t.equal(await server.call('length', [largest]).value(), LARGEST_TEXT_BYTES);
    t.throws(() => server.call('length', [`${largest}x`]), {
      name: 'RequestTooLargeError',
      bytes: 8_193,
      limitBytes: 8_192,
    });
  });

  t.test('a reply that fills the largest datagram arrives', async (t) => {
    const outcome = await server.call('evaluate', ["b'x' * (65507 - 21 - 3)"]);
    t.match(outcome, { state: 'resolved', value: { length: 65_483 } });
  });

  t.test('a thousand calls, 64 in flight, all resolve', async (t) => {
    const before = client.stats().fates['response.matched'];
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    const calls = numbers.map((number) => server.call('echo', [number]).value());
    t.equal(server.inFlight, 64);
    t.equal(server.queued, 936);
    t.strictSame(await Promise.all(calls), numbers);
    t.equal(client.stats().fates['response.matched'] - before, 1_000);
  });

  t.test('an unknown procedure gets no answer', async (t) => {
    const outcome = await server.call('missing', [], IMPATIENT);
    t.match(outcome, { state: 'timedOut', executed: 'maybe', timeoutMs: 200, attempts: 1 });
    await peer.logged(/^WARNING:rpcudp\.protocol:Server has no callable method rpc_missing/);
  });

  t.test('the answer of a procedure slower than the time-out is late', async (t) => {
    const call = server.call('hold', [], IMPATIENT);
    const late = new Promise((resolve) => {
      call.on('call.late', resolve);
    });
    t.match(await call, { state: 'timedOut', executed: 'maybe' });
    peer.tell({ release: true });
    const { lateByMs } = (await late) as { lateByMs: number };
    t.ok(lateByMs > 0, `${lateByMs} ms late`);
    t.equal(client.stats().fates['response.late'], 1);
  });

  t.test('every datagram has one fate, every call one outcome', async (t) => {
    const { received, fates, outcomes, inFlightNow } = client.stats();
    const sum = Object.values(fates).reduce((total, count) => total + count, 0);
    t.equal(sum, received);
    t.equal(fates['response.matched'], outcomes.resolved);
    t.equal(outcomes.timedOut, 2);
    t.equal(inFlightNow, 0);
  });

  t.test('Python met no error in anything that was sent', async (t) => {
    t.strictSame(await peer.stop(), []);
  });
});

t.test('a procedure that raises in Python gets no answer', { skip }, async (t) => {
  const { peer, address } = await PythonPeer.listen(t, 'server.py');
  const { server } = await openClient(t, address);
  t.match(await server.call('fail', [], IMPATIENT), { state: 'timedOut', executed: 'maybe' });
  await peer.logged(/^ValueError: planted/);
  t.equal(await server.call('echo', ['alive']).value(), 'alive');
  const errors = await peer.stop();
  t.equal(errors.length, 3, `no error but the planted one: ${errors.join('; ')}`);
});

t.test('a Python server is killed during a call and started again', { skip }, async (t) => {
  const first = await PythonPeer.listen(t, 'server.py', '0', QUIET_HOST);
  const { server } = await openClient(t, `${QUIET_HOST}:${first.port}`);
  const calledAtMs = performance.now();
  const call = server.call('hold', [], { timeoutMs: 1_000 });
  t.strictSame(await first.peer.said(), { holding: true });
  await first.peer.kill();
  t.match(await call, { state: 'timedOut', executed: 'maybe', timeoutMs: 1_000, attempts: 1 });
  t.ok(performance.now() - calledAtMs >= 999, 'not before the time-out');

  const second = await PythonPeer.listen(t, 'server.py', String(first.port), QUIET_HOST);
  t.equal(second.port, first.port);
  t.match(await server.call('echo', ['again']), { state: 'resolved', value: 'again' });
  t.strictSame(await second.peer.stop(), []);
});

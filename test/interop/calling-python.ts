/**
 * Calling Python: what a client of this package and a Python server must do together, whichever
 * version of rpcudp that has.
 */
import { createEndpoint } from '../../src/index.js';
import type { Endpoint, EndpointOptions, Peer } from '../../src/index.js';
import type { Checks } from '../fixtures/checks.js';
import { PythonPeer } from './python-peer.js';
import { LARGEST_TEXT_BYTES, PYTHON_ONLY, SAME_BOTH_WAYS, textOf } from './python-values.js';

/** The procedures of a Python peer that serves. */
export interface PythonServer {
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
const PATIENT_SECONDS = '10';
/** For calls that get no answer. A shorter time-out gives the same outcome sooner. */
export const IMPATIENT = { timeoutMs: 200 };

export async function openClient(
  t: Checks,
  address: string,
  options: EndpointOptions = {},
): Promise<{ readonly client: Endpoint; readonly server: Peer<PythonServer> }> {
  const client = await createEndpoint({ host: '127.0.0.1', ...PATIENT, ...options });
  t.teardown(() => client.close());
  return { client, server: client.peer<PythonServer>(address) };
}

/** rpcudp 5.x. */
export function callsPython(t: Checks): Promise<void> {
  const unknown = /^WARNING:rpcudp\.protocol:Server has no callable method rpc_missing/;
  return callsPeer(t, { script: 'server.py', given: [], unknown });
}

/** rpcudp 2.0, on Twisted, whose log has no warnings. */
export function callsTwisted(t: Checks): Promise<void> {
  const unknown = /^CRITICAL:twisted:'Peer has no callable method rpc_missing/;
  return callsPeer(t, { script: 'twisted_peer.py', given: [PATIENT_SECONDS], unknown });
}

interface Served {
  readonly script: string;
  readonly given: readonly string[];
  /** What it logs of an unknown procedure. */
  readonly unknown: RegExp;
}

async function callsPeer(t: Checks, { script, given, unknown }: Served): Promise<void> {
  const { peer, address } = await PythonPeer.listen(t, script, ...given);
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
    await peer.logged(unknown);
  });

  t.test('the answer of a procedure slower than the time-out is late', async (t) => {
    const call = server.call('hold', [], IMPATIENT);
    const late = new Promise((resolve) => {
      call.on('call.late', resolve);
    });
    t.match(await call, { state: 'timedOut', executed: 'maybe', attempts: 1 });
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

  t.test('it is known as an old peer, and got each request once and nothing else', async (t) => {
    t.equal(server.native, false);
    const { attempted, framesAttempted, outcomes } = client.stats();
    t.equal(attempted, outcomes.resolved + outcomes.timedOut);
    t.equal(framesAttempted, attempted, 'no bundles');
  });

  t.test('Python met no error in anything that was sent', async (t) => {
    const errors = await peer.stop();
    t.strictSame(
      errors.filter((line) => !unknown.test(line)),
      [],
    );
  });
}

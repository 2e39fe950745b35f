import t, { type Test } from 'tap';
import { createEndpoint } from '../../src/index.js';
import type { EndpointReport, Handlers } from '../../src/index.js';
import { PythonPeer } from './python-peer.js';
import { LARGEST_TEXT_BYTES, PYTHON_ONLY, SAME_BOTH_WAYS, textOf } from './python-values.js';
import { python } from '../fixtures/real-parts.js';

// Python needs some time to start, and tests of silence wait until it is certain.
t.setTimeout(180_000);

/** How many seconds a client waits: enough on any machine, or little when no answer will come. */
const PATIENT = '10';
const IMPATIENT = '0.2';
/**
 * The payload of a datagram, without type and id, room for a header map, and the head of the
 * msgpack text.
 */
const LARGEST_RESULT_BYTES = 65_507 - 21 - 3 - 3;
/** What Python logs with `IMPATIENT` for each call without an answer. */
const NO_REPLY = /^ERROR:rpcudp\.protocol:Did not receive reply for msg id /;

type Settled = Extract<EndpointReport, { type: 'request.settled' }>;

async function openServer(t: Test, handlers: Handlers) {
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

const { skip = false } = python();

t.test('a Python client calls a server of this package', { skip }, async (t) => {
  const received: unknown[] = [];
  const { server, to, errors } = await openServer(t, {
    echo: (_scope, value: unknown) => value,
    receive: (_scope, value: unknown) => void received.push(value),
    length: (_scope, value: string) => value.length,
    bytes: (_scope, length: number) => new Uint8Array(length).fill(0x78),
  });
  const { peer } = await PythonPeer.listen(t, 'client.py', PATIENT);
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
});

t.test('unanswered requests are silence to Python, and counted here', { skip }, async (t) => {
  let release: (value: string) => void = () => undefined;
  const released = new Promise<string>((resolve) => (release = resolve));
  const { server, to, errors, nextSettled } = await openServer(t, {
    fail: () => {
      throw new Error('planted');
    },
    hold: () => released,
  });
  const { peer } = await PythonPeer.listen(t, 'client.py', IMPATIENT);
  const silence = { answered: false, sent: '[]', got: 'None' };
  const call = (procedure: string) => peer.ask({ procedure, to, args: '[]' });

  t.test('an unknown procedure', async (t) => {
    const settled = nextSettled();
    t.strictSame(await call('missing'), silence);
    t.match(await settled, { ending: 'unknownProcedure', procedure: 'missing' });
    t.equal(server.stats().fates['request.refused.unknownProcedure'], 1);
  });

  t.test('a name that every object has', async (t) => {
    const settled = nextSettled();
    t.strictSame(await call('constructor'), silence);
    t.match(await settled, { ending: 'unknownProcedure', procedure: 'constructor' });
  });

  t.test('a procedure that throws', async (t) => {
    const settled = nextSettled();
    t.strictSame(await call('fail'), silence);
    t.match(await settled, { ending: 'failed', procedure: 'fail', error: { message: 'planted' } });
    t.match(errors, [{ name: 'HandlerFailedError', procedure: 'fail' }]);
  });

  t.test('a procedure slower than the time-out, whose late reply Python ignores', async (t) => {
    const settled = nextSettled();
    t.strictSame(await call('hold'), silence);
    release('too late');
    await peer.logged(/^WARNING:rpcudp\.protocol:received unknown message .* ignoring$/);
    t.match(await settled, { ending: 'replied', procedure: 'hold' });
  });

  t.test('Python met no error except its time-outs', async (t) => {
    const logged = await peer.stop();
    t.equal(logged.length, 4);
    for (const line of logged) t.match(line, NO_REPLY);
  });
});

t.test("the client of the Python package's README gets its greeting", { skip }, async (t) => {
  const { server } = await openServer(t, {
    sayhi: ({ sender }, name: string) => `Hello ${name} you live at ${sender.host}:${sender.port}`,
  });
  const peer = PythonPeer.run(t, 'readme_client.py', String(server.address.port));
  t.match(await peer.line(), /^Hello Snake Plissken you live at 127\.0\.0\.1:\d+$/);
  t.strictSame(await peer.stop(), []);
});

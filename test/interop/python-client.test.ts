import t from 'tap';
import { PythonPeer } from './python-peer.js';
import { IMPATIENT, openServer, servesPython } from './serving-python.js';
import { python } from '../fixtures/real-parts.js';

// Python needs some time to start, and tests of silence wait until it is certain.
t.setTimeout(180_000);

/** What Python logs with `IMPATIENT` for each call without an answer. */
const NO_REPLY = /^ERROR:rpcudp\.protocol:Did not receive reply for msg id /;

const { skip = false } = python();

t.test('a Python client calls a server of this package', { skip }, servesPython);

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

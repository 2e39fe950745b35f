import t from 'tap';
import { callsPython, IMPATIENT, openClient } from './calling-python.js';
import { PythonPeer } from './python-peer.js';
import { python } from '../fixtures/real-parts.js';

// Python needs some time to start, and tests of silence wait until it is certain.
t.setTimeout(180_000);

/**
 * A host where a port can be released and bound again. At 127.0.0.1 the sockets of other tests
 * could take it in between. Linux accepts all of 127.0.0.0/8.
 */
const QUIET_HOST = process.platform === 'linux' ? '127.0.0.77' : '127.0.0.1';

const { skip = false } = python();

t.test('a client of this package calls a Python server', { skip }, callsPython);

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

/**
 * rpcudp 2.0, the last major version on Twisted, in both directions. Networks of its time still
 * run: Kademlia on Twisted is built on it.
 */
import t from 'tap';
import { callsTwisted, IMPATIENT, openClient } from './calling-python.js';
import { PythonPeer } from './python-peer.js';
import { IMPATIENT as IMPATIENT_SECONDS, openServer, servesTwisted } from './serving-python.js';
import { twistedPython } from '../fixtures/real-parts.js';

// Python needs some time to start, and tests of silence wait until it is certain.
t.setTimeout(180_000);

const { skip = false } = twistedPython();

t.test('a client of this package calls a server on Twisted', { skip }, callsTwisted);

t.test('a procedure that raises there gets no answer, and it lives on', { skip }, async (t) => {
  const { peer, address } = await PythonPeer.listen(t, 'twisted_peer.py', IMPATIENT_SECONDS);
  const { server } = await openClient(t, address);
  const outcome = await server.call('fail', [], IMPATIENT);
  t.match(outcome, { state: 'timedOut', executed: 'maybe', attempts: 1 });
  t.equal(await server.call('echo', ['alive']).value(), 'alive');
  // Twisted logs an unhandled error only when the failure is collected, so nothing is said of it here.
  await peer.kill();
});

t.test('a client on Twisted calls a server of this package', { skip }, servesTwisted);

t.test('an unknown procedure is silence to it', { skip }, async (t) => {
  const { server, to } = await openServer(t, {});
  const { peer } = await PythonPeer.listen(t, 'twisted_peer.py', IMPATIENT_SECONDS);
  const answer = await peer.ask({ procedure: 'missing', to, args: '[]' });
  t.strictSame(answer, { answered: false, sent: '[]', got: 'None' });
  t.equal(server.stats().fates['request.refused.unknownProcedure'], 1);
});

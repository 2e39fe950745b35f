/** Headers and Python: it is never sent any, and notices nothing of those that others send. */
import t from 'tap';
import { OldPeerError } from '../../src/index.js';
import type { Outcome } from '../../src/index.js';
import { openClient } from './calling-python.js';
import { PythonPeer } from './python-peer.js';
import { openServer } from './serving-python.js';
import { python, twistedPython } from '../fixtures/real-parts.js';

t.setTimeout(180_000);

const headers = { token: 'abc', key: Uint8Array.of(0, 255) };

const SERVERS = [
  { version: '5.x', script: 'server.py', given: [], client: 'client.py', part: python() },
  {
    ...{ version: '2.0', script: 'twisted_peer.py', given: ['10'] },
    ...{ client: 'twisted_peer.py', part: twistedPython() },
  },
] as const;

for (const { version, script, given, client, part } of SERVERS) {
  const { skip = false } = part;

  t.test(`a Python ${version} server is never sent headers`, { skip }, async (t) => {
    const { peer, address } = await PythonPeer.listen(t, script, ...given);
    const { client: endpoint, server } = await openClient(t, address, { initialRtoMs: 200 });
    t.match(await server.call('echo', ['first'], { headers, timeoutMs: 1_500 }), {
      ...{ state: 'timedOut', verdict: 'probeUnanswered', executed: 'no', attempts: 0 },
    });
    const waiting = server.call('echo', ['second'], { headers });
    t.equal(await server.call('echo', ['plain']).value(), 'plain');
    const refused: Outcome[] = [await waiting, await server.call('echo', ['third'], { headers })];
    for (const outcome of refused) {
      t.match(outcome, { state: 'unsent', executed: 'no' });
      const { error } = outcome as { error?: unknown };
      t.type(error, OldPeerError);
    }
    t.equal(endpoint.stats().outcomes.resolved, 1);
    t.strictSame(await peer.stop(), []);
    t.strictSame(peer.log, [], 'Python logged nothing');
  });

  t.test(`a Python ${version} client notices nothing of headers`, { skip }, async (t) => {
    const { to } = await openServer(t, {
      echo: ({ headers: given, setHeader }, value: unknown) => {
        setHeader('token', 'abc');
        return [value, Object.keys(given).length];
      },
    });
    const { peer } = await PythonPeer.listen(t, client, '10');
    const answer = await peer.ask({ procedure: 'echo', to, args: '["x"]' });
    t.match(answer, { answered: true, got: "['x', 0]" });
    t.strictSame(await peer.stop(), []);
  });
}

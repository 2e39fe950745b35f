/** Notifications to Python's rpcudp, which answers them as it answers any request. */
import t from 'tap';
import { openClient } from './calling-python.js';
import { PythonPeer } from './python-peer.js';
import { until } from '../fixtures/network/until.js';
import { python } from '../fixtures/real-parts.js';

// Python needs some time to start.
t.setTimeout(180_000);

const { skip = false } = python();

t.test('Python runs notifications, and notices nothing of them', { skip }, async (t) => {
  const { peer, address } = await PythonPeer.listen(t, 'server.py');
  const { client, server } = await openClient(t, address);
  let sent = 0;
  for (let index = 0; index < 200; index += 1) {
    await server.readyToNotify();
    if (server.notify('echo', [index]).state !== 'dropped') sent += 1;
  }
  client.broadcast([server], 'echo', ['to all'], { latest: 'k' });
  await until(() => client.stats().fates['response.ignored'] >= sent);
  t.equal(sent, 200);
  t.match(server, { native: false, health: 'responsive', roundTripMs: Number });
  t.equal(await server.call('echo', ['alive']).value(), 'alive');
  const { fates, notifications } = client.stats();
  t.match(fates, { 'response.orphan': 0, 'response.matched': 1 });
  t.equal(notifications['dropped.noRoom'], 0);
  t.strictSame(await peer.stop(), [], 'and it has logged nothing');
});

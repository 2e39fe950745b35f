/** For Python, a probe is a datagram of an unknown type: it answers nothing, and logs nothing. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { createEndpoint } from '../../src/index.js';
import { HEADER_BYTES } from '../../src/wire/frame.js';
import { PythonPeer } from './python-peer.js';
import { frame, request, withHeaderMap } from '../fixtures/raw-peer.js';
import { python } from '../fixtures/real-parts.js';

const { skip = false } = python();

t.test('Python ignores probes and answers to them, padded or not', { skip }, async (t) => {
  const { peer, port } = await PythonPeer.listen(t, 'server.py');
  const socket = createSocket('udp4');
  t.teardown(() => socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  for (const type of ['probe', 'present'] as const) {
    for (const padding of [null, Buffer.alloc(1), Buffer.alloc(1_200)]) {
      const datagram = frame(type, Buffer.alloc(20, 1), padding);
      socket.send(datagram, port, '127.0.0.1');
      socket.send(withHeaderMap(datagram), port, '127.0.0.1');
    }
  }
  socket.send(request(4, 'echo', 'asked'), port, '127.0.0.1');
  const [answer] = (await once(socket, 'message')) as [Buffer];
  const id = answer.toString('hex', 1, HEADER_BYTES);
  t.equal(id, '04'.repeat(20), 'the first answer is to the request');
  t.strictSame(await peer.stop(), []);
  t.strictSame(peer.log, []);
});

t.test('a first call that Python answers late is probed, and runs once', { skip }, async (t) => {
  const { peer, address } = await PythonPeer.listen(t, 'server.py');
  const client = await createEndpoint({
    host: '127.0.0.1',
    initialRtoMs: 200,
    timeoutMs: 30_000,
  });
  t.teardown(() => client.close());
  const call = client.peer(address).call('hold');
  t.strictSame(await peer.said(), { holding: true });
  // The request, and two probes.
  while (client.stats().attempted < 3) await new Promise(setImmediate);
  peer.tell({ release: true });
  t.match(await call, { state: 'resolved', value: 'released', attempts: 1 });
  t.equal(client.peer(address).native, false);
  t.strictSame(await peer.stop(), [], 'it was asked once');
  t.strictSame(peer.log, [], 'Python logged nothing');
});

/**
 * For Python, bundles are only MessagePack. It can read them, ignores them, and gets none from an
 * endpoint.
 */
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { createEndpoint } from '../../src/index.js';
import { bundledBytes, encodeBundle } from '../../src/wire/bundle.js';
import { HEADER_BYTES } from '../../src/wire/frame.js';
import { OutboundFrame } from '../../src/wire/outbound-frame.js';
import { PythonPeer } from './python-peer.js';
import { bundle, request, withHeaderMap } from '../fixtures/raw-peer.js';
import { python } from '../fixtures/real-parts.js';

/**
 * A host where a port can be released and bound again. At 127.0.0.1 the sockets of other tests
 * could take it in between. Linux accepts all of 127.0.0.0/8.
 */
const HOST = process.platform === 'linux' ? '127.0.0.78' : '127.0.0.1';

const { path = '', skip = false } = python();

t.test('u-msgpack finds the frames in the body of a bundle', { skip }, async (t) => {
  const lists = [[22], [22, 255, 256, 300], Array<number>(40).fill(22), [8_000, 22]].map((list) =>
    list.map((length) => new OutboundFrame('response', '07'.repeat(20), 'é'.repeat(length - 21))),
  );
  const bodies = lists.map((frames) => {
    const bytes = frames.reduce((sum, frame) => sum + bundledBytes(frame), 0);
    return encodeBundle(frames, bytes).toString('hex', HEADER_BYTES);
  });
  const script = 'test/fixtures/python/unbundle.py';
  const run = spawnSync(path, [script], { input: bodies.join('\n'), encoding: 'utf8' });
  t.equal(run.stderr, '');
  t.strictSame(
    run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string[]),
    lists.map((frames) => frames.map((frame) => frame.toDatagram().toString('hex'))),
  );
});

t.test('Python answers nothing in a bundle, and logs no error about it', { skip }, async (t) => {
  const { peer, port } = await PythonPeer.listen(t, 'server.py');
  const socket = createSocket('udp4');
  t.teardown(() => socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const frames = [1, 2, 3].map((id) => withHeaderMap(request(id, 'echo', 'bundled')));
  socket.send(bundle(...frames), port, '127.0.0.1');
  socket.send(request(4, 'echo', 'alone'), port, '127.0.0.1');
  const [answer] = (await once(socket, 'message')) as [Buffer];
  t.equal(
    answer.toString('hex', 1, HEADER_BYTES),
    '04'.repeat(20),
    'the first answer is to the last',
  );
  t.strictSame(await peer.stop(), []);
  t.strictSame(peer.log, []);
});

t.test(
  'all calls to an rpcudp endpoint whose address a Python server took over are answered',
  { skip },
  async (t) => {
    const server = await createEndpoint({
      host: HOST,
      handlers: { echo: (_scope, value: unknown) => value },
    });
    const errors: unknown[] = [];
    const client = await createEndpoint({
      host: HOST,
      timeoutMs: 10_000,
      onError: (error) => errors.push(error),
    });
    t.teardown(() => Promise.all([client.close(), server.close()]));
    const known = client.peer(server.address);
    for (let round = 0; round < 5; round++) {
      const calls = Array.from({ length: 3 }, (_, index) => known.call('echo', [index]));
      for (const call of calls) t.match(await call, { state: 'resolved', attempts: 1 });
    }
    const { attempted, framesAttempted } = client.stats();
    t.ok(framesAttempted > attempted, 'the endpoint was sent bundles');
    await server.close();

    const { peer } = await PythonPeer.listen(t, 'server.py', String(server.address.port), HOST);
    const calls = Array.from({ length: 6 }, (_, index) => known.call('echo', [index]));
    for (const [index, call] of calls.entries()) {
      t.match(await call, { state: 'resolved', value: index });
    }
    t.equal(known.native, false, 'the client knows now that the peer is an old one');
    const before = client.stats();
    const later = Array.from({ length: 6 }, (_, index) => known.call('echo', [index]));
    for (const call of later) t.match(await call, { state: 'resolved', attempts: 1 });
    const after = client.stats();
    t.equal(after.attempted - before.attempted, 6, 'and each request is alone in its datagram');
    t.strictSame(errors, []);
    t.strictSame(await peer.stop(), []);
    t.strictSame(peer.log, [], 'Python logged nothing');
  },
);

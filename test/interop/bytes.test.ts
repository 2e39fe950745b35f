import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { createEndpoint } from '../../src/index.js';
import type { Random } from '../../src/random.js';
import { readHeaderMap } from '../../src/wire/header-map-reader.js';
import { encodeRequest } from '../../src/wire/request.js';
import { Inbox } from '../fixtures/inbox.js';
import { PythonPeer } from './python-peer.js';
import { SAME_BOTH_WAYS } from './python-values.js';
import { withoutHeaderMap } from '../fixtures/raw-peer.js';
import { python } from '../fixtures/real-parts.js';

const HEADER_BYTES = 21;
const NIL = 0xc0;

/** A plain UDP socket. */
async function openSocket(t: Test) {
  const inbox = new Inbox();
  const socket = createSocket('udp4');
  socket.on('message', (datagram, { address, port }) => {
    inbox.datagramReceived(datagram, address, port);
  });
  t.teardown(() => socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const exchange = (datagram: Uint8Array, port: number) => {
    socket.send(datagram, port, '127.0.0.1');
    return inbox.next();
  };
  return { socket, inbox, exchange, port: socket.address().port };
}

/** The response to a request, with nil as its value. */
function nilResponseTo(request: Buffer): Buffer {
  const response = Buffer.concat([request.subarray(0, HEADER_BYTES), Buffer.of(NIL)]);
  response[0] = 1;
  return response;
}

/** Randomness that makes every transaction id the same, and repeats it for everything else. */
function repeating(id: Uint8Array): Random {
  return {
    fillBytes: (target) => {
      for (let offset = 0; offset < target.length; offset += id.length) {
        target.set(id.subarray(0, target.length - offset), offset);
      }
    },
    unit: () => 0,
  };
}

/** A transaction id that repeats one byte. */
const idOf = (byte: number) => byte.toString(16).padStart(2, '0').repeat(20);

const { skip = false } = python();

t.test('requests are byte for byte those of Python, plus a header map', { skip }, async (t) => {
  const { socket, inbox, port } = await openSocket(t);
  const { peer } = await PythonPeer.listen(t, 'client.py', '10');

  for (const { title, js, python } of SAME_BOTH_WAYS) {
    const answer = peer.ask({
      procedure: 'store',
      to: ['127.0.0.1', port],
      args: `[${python}, 7]`,
    });
    const { datagram: expected, port: pythonPort } = await inbox.next();
    socket.send(nilResponseTo(expected), pythonPort, '127.0.0.1');
    t.match(await answer, { answered: true });

    const random = repeating(expected.subarray(1, HEADER_BYTES));
    const client = await createEndpoint({ host: '127.0.0.1', random });
    const call = client.peer(`127.0.0.1:${port}`).call('store', [js, 7]);
    const { datagram: actual } = await inbox.next();
    const end = expected.length;
    t.equal(actual.toString('hex', 0, end), expected.toString('hex'), title);
    t.match(readHeaderMap(actual, end), { version: 1, attempt: 1, remainingMs: Number });
    call.cancel();
    await client.close();
  }
  t.strictSame(await peer.stop(), []);
});

t.test('replies of this package are those of Python byte for byte', { skip }, async (t) => {
  const { exchange } = await openSocket(t);
  const { peer, port } = await PythonPeer.listen(t, 'server.py');
  const values = new Map(SAME_BOTH_WAYS.map(({ python, js }) => [python, js]));
  const server = await createEndpoint({
    host: '127.0.0.1',
    handlers: { evaluate: (_scope, expression: string) => values.get(expression) },
  });
  t.teardown(() => server.close());

  for (const [index, { title, python }] of SAME_BOTH_WAYS.entries()) {
    const request = encodeRequest(idOf(index), 'evaluate', [python]);
    request.stamp(1, 10_000);
    const native = request.toDatagram();
    const { datagram: expected } = await exchange(native, port);
    const end = expected.length;
    const { datagram: toNative } = await exchange(native, server.address.port);
    t.equal(toNative.toString('hex', 0, end), expected.toString('hex'), title);
    t.match(readHeaderMap(toNative, end), { version: 1 }, 'with a header map, like the peer');

    const plain = withoutHeaderMap(
      encodeRequest(idOf(index + 128), 'evaluate', [python]).toDatagram(),
    );
    const { datagram: actual } = await exchange(plain, server.address.port);
    t.equal(actual.toString('hex', HEADER_BYTES), expected.toString('hex', HEADER_BYTES), title);
  }
  t.strictSame(await peer.stop(), []);
});

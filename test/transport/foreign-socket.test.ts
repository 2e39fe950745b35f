/** Sockets that do less than those of Node.js: real ones, without what Deno's lack. */
import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import t from 'tap';
import { isForeign } from '../../src/transport/foreign-socket.js';
import { requireReusePort } from '../../src/transport/reuse-port.js';
import { udpTransport } from '../../src/transport/udp.js';
import { Inbox } from '../fixtures/inbox.js';
import { transportContract } from '../fixtures/transport-contract.js';

/** As large as the array into which each datagram is read. */
const ARRAY_BYTES = 64 * 1024;

/** A socket that cannot tell its queue, and whose datagrams share memory. */
function poorSocket(options: SocketOptions): Socket {
  const socket = createSocket(options);
  const emit = socket.emit.bind(socket);
  return Object.assign(socket, {
    getSendQueueSize: undefined,
    getRecvBufferSize: () => ARRAY_BYTES,
    setRecvBufferSize: () => t.fail('the buffer is not the kernel’s'),
    emit: (event: string, ...given: unknown[]): boolean => {
      const [first] = given;
      if (event !== 'message' || !Buffer.isBuffer(first)) return emit(event, ...given);
      const shared = Buffer.from(new ArrayBuffer(ARRAY_BYTES), 0, first.length);
      shared.set(first);
      return emit(event, shared, ...given.slice(1));
    },
  });
}

t.test('a transport over it keeps the contract', async (t) => {
  transportContract(t, '127.0.0.1', () => ({
    transport: (host, port = 0) => udpTransport({ host, port, createSocket: poorSocket }),
    until: (promise) => promise,
  }));
});

t.test('the size of its receive buffer is not known', async (t) => {
  const transport = udpTransport({ host: '127.0.0.1', port: 0, createSocket: poorSocket });
  await transport.open(new Inbox());
  t.equal(transport.receiveBufferBytes, undefined);
  await transport.close();
});

t.test('what waits to be sent is counted, and bounded', async (t) => {
  const waiting: ((error: Error | null) => void)[] = [];
  const createSocket = (options: SocketOptions): Socket => {
    const send = (_datagram: unknown, _port: unknown, _host: unknown, done: () => void) =>
      waiting.push(done);
    return Object.assign(poorSocket(options), { send });
  };
  const transport = udpTransport({ host: '127.0.0.1', port: 0, createSocket });
  const to = await transport.open(new Inbox());
  t.teardown(() => transport.close());
  const results: (NodeJS.ErrnoException | null)[] = [];
  const datagram = Buffer.alloc(2 ** 15);
  const send = () => {
    transport.send(datagram, to.host, to.port, (error) => results.push(error));
  };
  for (let sent = 0; sent < 32; sent += 1) send();
  t.strictSame(results, [], 'a MiB waits');
  send();
  t.match(results, [{ code: 'ERR_RPCUDP_SEND_QUEUE_FULL' }]);
  waiting.shift()?.(null);
  send();
  t.equal(results.length, 2, 'the place of what was sent is free again');
  t.equal(waiting.length, 32);
});

t.test('Node.js’s own sockets are not foreign, and only those can share a port', async (t) => {
  t.equal(isForeign(), false);
  t.equal(isForeign({}), true);
  t.throws(() => requireReusePort('26.3.0', true), {
    name: 'OptionError',
    message: /'reusePort' needs Node\.js or Bun/,
  });
});

import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import t, { type Test } from 'tap';
import { BindError } from '../../src/transport/bind-error.js';
import {
  udpTransport,
  type UdpTransport,
  type UdpTransportOptions,
} from '../../src/transport/udp.js';
import { Inbox } from '../fixtures/inbox.js';
import { ipv6 } from '../fixtures/real-ipv6.js';
import { transportContract, type TransportWorld } from '../fixtures/transport-contract.js';

const world: TransportWorld = {
  transport: (host, port = 0) => udpTransport({ host, port }),
  until: (promise) => promise,
};

const needsIpv6 = ipv6();

t.test('over IPv4', async (t) => {
  transportContract(t, '127.0.0.1', () => world);
});

t.test('over IPv6', needsIpv6, async (t) => {
  transportContract(t, '::1', () => world);
});

/** Makes sockets with a planted fault, and returns those that it made. */
function faulty(plant: (socket: Socket, options: SocketOptions) => void) {
  const sockets: Socket[] = [];
  const make = (options: SocketOptions): Socket => {
    const socket = createSocket(options);
    plant(socket, options);
    sockets.push(socket);
    return socket;
  };
  return { sockets, createSocket: make };
}

const errno = (code: string) => Object.assign(new Error(`planted ${code}`), { code });

function refuseToBind(socket: Socket, code: string): void {
  socket.bind = () => {
    socket.emit('error', errno(code));
    return socket;
  };
}

async function openUdp(t: Test, options: Partial<UdpTransportOptions> = {}) {
  const transport = udpTransport({ port: 0, ...options });
  const inbox = new Inbox();
  const address = await transport.open(inbox);
  t.teardown(() => transport.close());
  return { transport, inbox, address };
}

const send = (transport: UdpTransport, datagram: Uint8Array, host: string, port: number) =>
  new Promise<NodeJS.ErrnoException | null>((resolve) => {
    transport.send(datagram, host, port, resolve);
  });

t.test(
  'without a host it uses both IP versions, and calls IPv4 peers over IPv4',
  needsIpv6,
  async (t) => {
    for (const options of [{}, { host: '::' }]) {
      const dual = await openUdp(t, options);
      const v4 = await openUdp(t, { host: '127.0.0.1' });
      const v6 = await openUdp(t, { host: '::1' });
      t.equal(dual.transport.family, 'dual');
      t.equal(dual.address.host, '::');
      for (const peer of [v4, v6]) {
        const { host } = peer.address;
        t.equal(await send(peer.transport, Buffer.from('hi'), host, dual.address.port), null);
        t.match(await dual.inbox.next(), { host, port: peer.address.port });
        t.equal(await send(dual.transport, Buffer.from('hi'), host, peer.address.port), null);
        t.match(await peer.inbox.next(), { host, port: dual.address.port });
      }
    }
  },
);

t.test('a machine without IPv6 gets IPv4', async (t) => {
  for (const code of ['EAFNOSUPPORT', 'EADDRNOTAVAIL']) {
    const { sockets, createSocket } = faulty((socket, { type }) => {
      if (type === 'udp6') refuseToBind(socket, code);
    });
    const { transport, inbox, address } = await openUdp(t, { createSocket });
    t.equal(transport.family, 4);
    t.equal(address.host, '0.0.0.0');
    await send(transport, Buffer.from('hi'), '127.0.0.1', address.port);
    t.match(await inbox.next(), { host: '127.0.0.1', port: address.port });
    t.equal(sockets.length, 2);
    t.throws(() => sockets[0]?.close(), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' }, 'closed already');

    const asked = udpTransport({ host: '::', port: 0, createSocket });
    await t.rejects(asked.open(new Inbox()), BindError, 'no fallback from an address asked for');
  }
});

t.test('an address that this machine does not have is refused', async (t) => {
  // 192.0.2.0/24 and 2001:db8::/32 are for documentation, but a test bed may use them.
  const error: unknown = await udpTransport({ host: '203.0.113.77', port: 0 })
    .open(new Inbox())
    .catch((error: unknown) => error);
  t.match(error, {
    code: 'ERR_RPCUDP_BIND',
    message: 'Cannot bind 203.0.113.77:0: this machine does not have that address',
    address: { host: '203.0.113.77', port: 0 },
    cause: { code: 'EADDRNOTAVAIL' },
  });
});

t.test('a port without permission is refused', async (t) => {
  const { createSocket } = faulty((socket) => {
    refuseToBind(socket, 'EACCES');
  });
  await t.rejects(udpTransport({ host: '::1', port: 80, createSocket }).open(new Inbox()), {
    message: 'Cannot bind [::1]:80: permission denied; ports below 1024 may need privileges',
  });
});

t.test('an unknown error of the system is reported in its own words', async (t) => {
  const { createSocket } = faulty((socket) => {
    refuseToBind(socket, 'EMFILE');
  });
  await t.rejects(udpTransport({ host: '127.0.0.1', port: 0, createSocket }).open(new Inbox()), {
    message: 'Cannot bind 127.0.0.1:0: planted EMFILE',
  });
});

t.test('closing before a slow bind has finished leaves no socket', async (t) => {
  const { sockets, createSocket } = faulty((socket) => {
    const bind = socket.bind.bind(socket) as (options: object) => Socket;
    socket.bind = (options?: unknown) => {
      setImmediate(() => bind(options as object));
      return socket;
    };
  });
  const transport = udpTransport({ host: '127.0.0.1', port: 0, createSocket });
  const opened = transport.open(new Inbox());
  await transport.close();
  await t.rejects(opened, { code: 'ERR_RPCUDP_TRANSPORT_CLOSED' });
  t.throws(() => sockets[0]?.close(), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
});

t.test('a port is shared only by sockets that ask for it', async (t) => {
  for (const [sharing, exclusive] of [
    [undefined, true],
    ['alone', true],
    ['cluster', false],
  ] as const) {
    const bound: unknown[] = [];
    const made: SocketOptions[] = [];
    const { createSocket } = faulty((socket, options) => {
      made.push(options);
      const bind = socket.bind.bind(socket) as (options: unknown) => Socket;
      socket.bind = (options?: unknown) => {
        bound.push(options);
        return bind(options);
      };
    });
    const options = { host: '127.0.0.1', createSocket, ...(sharing && { sharing }) };
    const { transport } = await openUdp(t, options);
    t.strictSame(bound, [{ address: '127.0.0.1', port: 0, exclusive }]);
    t.notOk('reusePort' in made[0]!);
    t.equal(transport.sharesPort, sharing === 'cluster');
  }
});

t.test('a socket that throws from send reports the error as the result', async (t) => {
  const { createSocket } = faulty((socket) => {
    socket.send = () => {
      throw errno('ENOBUFS');
    };
  });
  const { transport } = await openUdp(t, { host: '127.0.0.1', createSocket });
  t.match(await send(transport, Buffer.of(1), '127.0.0.1', 9), { code: 'ENOBUFS' });
});

t.test('more than 1 MiB in the send queue refuses the datagram', async (t) => {
  let queuedBytes = 1024 * 1024 - 1;
  const { createSocket } = faulty((socket) => {
    socket.getSendQueueSize = () => queuedBytes;
  });
  const { transport, address } = await openUdp(t, { host: '127.0.0.1', createSocket });
  t.equal(await send(transport, Buffer.of(1), address.host, address.port), null);
  queuedBytes += 1;
  t.match(await send(transport, Buffer.of(1), address.host, address.port), {
    code: 'ERR_RPCUDP_SEND_QUEUE_FULL',
    message:
      'The send queue holds 1048576 bytes; a datagram of 1 bytes would exceed its limit of 1048576 bytes',
  });
});

t.test('the send queue is asked for its size only when a MiB may be in it', async (t) => {
  let asked = 0;
  const { createSocket } = faulty((socket) => {
    socket.getSendQueueSize = () => (asked += 1) * 0;
  });
  const { transport, address } = await openUdp(t, { host: '127.0.0.1', createSocket });
  const datagram = Buffer.alloc(2 ** 15);
  for (let sent = 0; sent < 33; sent += 1) {
    t.equal(await send(transport, datagram, address.host, address.port), null);
  }
  t.equal(asked, 2, 'before the first datagram, and before the 33rd');
});

t.test('a socket that breaks is closed, and that is reported once', async (t) => {
  const { sockets, createSocket } = faulty(() => undefined);
  const { transport, inbox, address } = await openUdp(t, { host: '127.0.0.1', createSocket });
  const error = errno('EBADF');
  sockets[0]?.emit('error', error);
  sockets[0]?.emit('error', errno('EIO'));
  t.strictSame(inbox.failures, [error]);
  t.match(await send(transport, Buffer.of(1), address.host, address.port), {
    code: 'ERR_RPCUDP_TRANSPORT_CLOSED',
  });
  await transport.close();
  sockets[0]?.emit('error', errno('EBADF'));
  t.equal(
    inbox.failures.length,
    1,
    'an error after close ends neither the process nor the silence',
  );
});

t.test('an error of an earlier datagram leaves the socket open', async (t) => {
  const { sockets, createSocket } = faulty(() => undefined);
  const { transport, inbox, address } = await openUdp(t, { host: '127.0.0.1', createSocket });
  for (const code of ['ECONNREFUSED', 'ECONNRESET', 'ENETUNREACH', 'EHOSTUNREACH']) {
    sockets[0]?.emit('error', errno(code));
  }
  t.strictSame(inbox.failures, []);
  await send(transport, Buffer.of(7), address.host, address.port);
  t.strictSame((await inbox.next()).datagram, Buffer.of(7));
});

t.test('a source address that embeds IPv4 is made canonical', needsIpv6, async (t) => {
  const { sockets, createSocket } = faulty(() => undefined);
  const { inbox } = await openUdp(t, { host: '::1', createSocket });
  for (const address of ['::ffff:10.0.0.1', '::10.0.0.1', 'fe80::1%eth0']) {
    sockets[0]?.emit('message', Buffer.of(1), { address, port: 9 });
  }
  t.strictSame(
    inbox.received.map(({ host }) => host),
    ['10.0.0.1', '::a00:1', 'fe80::1%eth0'],
  );
});

t.test('it asks for a large receive buffer, and accepts what it gets', async (t) => {
  const asked: number[] = [];
  const { createSocket } = faulty((socket) => {
    const set = socket.setRecvBufferSize.bind(socket);
    socket.setRecvBufferSize = (bytes) => {
      asked.push(bytes);
      if (bytes > 1024 * 1024) throw errno('ENOBUFS');
      set(bytes);
    };
  });
  const { transport } = await openUdp(t, { host: '127.0.0.1', createSocket });
  t.strictSame(asked, [4_194_304, 2_097_152, 1_048_576]);
  t.ok(transport.receiveBufferBytes! > 0);
  t.equal(udpTransport({ port: 0 }).receiveBufferBytes, 0);
});

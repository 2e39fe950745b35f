/** A system whose IPv6 sockets serve IPv6 alone: the default endpoint has two sockets then. */
import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import t from 'tap';
import { BindError } from '../../src/transport/bind-error.js';
import { servesIpv6Alone } from '../../src/transport/two-sockets.js';
import { udpTransport, type UdpTransportOptions } from '../../src/transport/udp.js';
import { Inbox } from '../fixtures/inbox.js';
import { ipv6 } from '../fixtures/real-ipv6.js';

const needsIpv6 = ipv6();

/** The files of a kernel with `net.ipv6.bindv6only`. */
const bindv6only = (path: string): string => {
  if (path === '/proc/sys/net/ipv6/bindv6only') return '1\n';
  throw new Error('no such file');
};

/** Makes sockets as on such a system, and keeps them. */
function system(plant: (socket: Socket, options: SocketOptions) => void = () => undefined) {
  const sockets: Socket[] = [];
  const options: Pick<UdpTransportOptions, 'createSocket' | 'readFile'> = {
    readFile: bindv6only,
    createSocket: (given) => {
      const socket = createSocket(given);
      plant(socket, given);
      sockets.push(socket);
      return socket;
    },
  };
  return { sockets, options };
}

const isOpen = (socket: Socket): boolean => {
  try {
    return socket.address().port > 0;
  } catch {
    return false;
  }
};

t.test('the setting is read, where there is one', async (t) => {
  t.equal(servesIpv6Alone(bindv6only), true);
  t.equal(
    servesIpv6Alone(() => '0\n'),
    false,
  );
  t.equal(
    servesIpv6Alone(() => {
      throw new Error('no such file');
    }),
    false,
  );
  t.type(servesIpv6Alone(), 'boolean');
});

t.test('both versions are served at one port, each by its own socket', needsIpv6, async (t) => {
  for (const host of [undefined, '::']) {
    const { sockets, options } = system();
    const inbox = new Inbox();
    const transport = udpTransport({ port: 0, ...options, ...(host !== undefined && { host }) });
    t.equal(transport.family, 'dual');
    const { port, ...address } = await transport.open(inbox);
    t.strictSame(address, { host: '::' });
    t.strictSame(
      sockets.map((socket) => socket.address()).map(({ address, port }) => [address, port]),
      [
        ['::', port],
        ['0.0.0.0', port],
      ],
    );
    for (const local of ['127.0.0.1', '::1']) {
      const peer = udpTransport({ host: local, port: 0 });
      const peerInbox = new Inbox();
      const at = await peer.open(peerInbox);
      peer.send(Buffer.from('in'), local, port, () => undefined);
      t.match(await inbox.next(), { host: local, port: at.port, datagram: Buffer.from('in') });
      t.equal(
        await new Promise((done) => {
          transport.send(Buffer.from('out'), local, at.port, done);
        }),
        null,
      );
      t.match(await peerInbox.next(), { host: local, port, datagram: Buffer.from('out') });
      await peer.close();
    }
    t.ok(transport.receiveBufferBytes! > 0);
    await Promise.all([transport.close(), transport.close()]);
    t.notOk(sockets.some(isOpen));
    t.match(
      await new Promise((done) => {
        transport.send(Buffer.from('out'), '127.0.0.1', port, done);
      }),
      { code: 'ERR_RPCUDP_TRANSPORT_CLOSED' },
    );
    await t.rejects(transport.open(inbox), { code: 'ERR_RPCUDP_TRANSPORT_CLOSED' });
  }
});

const inUse = () => Object.assign(new Error('planted'), { code: 'EADDRINUSE' });

t.test('another port is tried when the one of IPv6 is taken over IPv4', needsIpv6, async (t) => {
  let refusals = 3;
  const { sockets, options } = system((socket, { type }) => {
    if (type === 'udp6' || (refusals -= 1) < 0) return;
    socket.bind = () => {
      socket.emit('error', inUse());
      return socket;
    };
  });
  const transport = udpTransport({ port: 0, ...options });
  await transport.open(new Inbox());
  t.equal(sockets.length, 8, 'three pairs in vain');
  t.equal(sockets.filter(isOpen).length, 2);
  await transport.close();
});

t.test('a port that is asked for and taken over IPv4 is refused', needsIpv6, async (t) => {
  const holder = udpTransport({ host: '0.0.0.0', port: 0 });
  const { port } = await holder.open(new Inbox());
  const { sockets, options } = system();
  const transport = udpTransport({ port, ...options });
  await t.rejects(transport.open(new Inbox()), BindError);
  t.notOk(sockets.some(isOpen), 'nothing is left open');
  await holder.close();
});

t.test(
  'when one socket breaks, both are closed, and that is reported once',
  needsIpv6,
  async (t) => {
    const { sockets, options } = system();
    const inbox = new Inbox();
    const transport = udpTransport({ port: 0, ...options });
    await transport.open(inbox);
    const error = Object.assign(new Error('planted'), { code: 'EBADF' });
    sockets[1]?.emit('error', error);
    sockets[0]?.emit('error', error);
    await transport.close();
    t.strictSame(inbox.failures, [error]);
    t.notOk(sockets.some(isOpen));
  },
);

t.test('closing while it opens leaves nothing open', needsIpv6, async (t) => {
  const { sockets, options } = system();
  const transport = udpTransport({ port: 0, ...options });
  const opened = transport.open(new Inbox());
  await transport.close();
  await t.rejects(opened, { code: 'ERR_RPCUDP_TRANSPORT_CLOSED' });
  t.notOk(sockets.some(isOpen));
});

t.test('an address of one version needs one socket', async (t) => {
  const { sockets, options } = system();
  const transport = udpTransport({ host: '127.0.0.1', port: 0, ...options });
  await transport.open(new Inbox());
  t.equal(sockets.length, 1);
  await transport.close();
});

t.test(
  'both sockets let the process end, also those that are opened later',
  needsIpv6,
  async (t) => {
    const said: string[] = [];
    const { options } = system((socket, { type }) => {
      for (const name of ['ref', 'unref'] as const) {
        socket[name] = () => {
          said.push(`${name} ${type}`);
          return socket;
        };
      }
    });
    const transport = udpTransport({ port: 0, ...options });
    transport.unref();
    await transport.open(new Inbox());
    t.strictSame(said.splice(0), ['unref udp6', 'unref udp4']);
    transport.ref();
    t.strictSame(said, ['ref udp6', 'ref udp4']);
    await transport.close();
  },
);

/** Addresses in all their spellings, and the ways in which binding can end, on whole endpoints. */
import t from 'tap';
import { createEndpoint, EndpointSystem } from '../../src/endpoint/endpoint.js';
import { EndpointClosedError } from '../../src/errors.js';
import { BindError } from '../../src/transport/bind-error.js';
import { udpTransport } from '../../src/transport/udp.js';
import { fakeInterfaces, FakeSocket } from './fake-socket.js';
import { ownPort } from '../fixtures/own-port.js';
import { answerTo } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

/** An endpoint on every address of a machine, with a fake socket. */
async function dualEndpoint(world: World) {
  const socket = new FakeSocket();
  const transport = udpTransport({
    ...{ host: '::', port: 1000 },
    ...{ createSocket: socket.create, readInterfaces: fakeInterfaces },
  });
  return { socket, endpoint: await world.endpoint({ transport }) };
}

t.test(
  'all spellings of an address are one peer, which takes its answers as the system spells them',
  inWorld(async (t, world) => {
    for (const { spellings, address, sentTo, heardFrom } of [
      {
        spellings: ['10.0.0.2:53', '[::ffff:10.0.0.2]:53', '[::FFFF:a00:2]:53'],
        address: '10.0.0.2:53',
        sentTo: '::ffff:10.0.0.2',
        heardFrom: '::ffff:10.0.0.2',
      },
      {
        spellings: ['[FE80::1%eth0]:53', '[fe80:0:0::1%eth0]:53'],
        address: '[fe80::1%eth0]:53',
        sentTo: 'fe80::1%eth0',
        heardFrom: 'fe80::1%eth0',
      },
      {
        spellings: ['[64:ff9b::10.0.0.2]:53', '[64:FF9B::A00:2]:53'],
        address: '[64:ff9b::a00:2]:53',
        sentTo: '64:ff9b::a00:2',
        heardFrom: '64:ff9b::a00:2',
      },
    ]) {
      const { socket, endpoint } = await dualEndpoint(world);
      for (const [index, spelling] of spellings.entries()) {
        const peer = endpoint.peer(spelling);
        t.equal(peer.address, address, spelling);
        const call = peer.call('x');
        const { datagram, host } = socket.sent[index]!;
        t.equal(host, sentTo);
        socket.receive(answerTo(datagram, spelling), heardFrom, 53);
        t.match(await call, { state: 'resolved', value: spelling });
      }
      t.equal(endpoint.stats().peersNow, 1);
    }
  }),
);

t.test(
  'one address on two links is two peers, and neither takes the answers of the other',
  inWorld(async (t, world) => {
    const { socket, endpoint } = await dualEndpoint(world);
    const call = endpoint.peer('[fe80::1%eth0]:53').call('x', [], { timeoutMs: 100 });
    endpoint.peer('[fe80::1%eth1]:53');
    t.equal(endpoint.stats().peersNow, 2);
    socket.receive(answerTo(socket.sent[0]!.datagram, 'forged'), 'fe80::1%eth1', 53);
    t.match(await world.clock.runUntil(call), { state: 'timedOut' });
    t.equal(endpoint.stats().fates['response.wrongPeer'], 1);
  }),
);

t.test(
  'an IPv6 endpoint refuses IPv4 addresses in any form, and nothing is sent',
  inWorld(async (t, world) => {
    const endpoint = await world.endpoint({ host: 'fd00::1' });
    for (const address of ['10.0.0.2:53', '[::ffff:10.0.0.2]:53']) {
      t.throws(() => endpoint.peer(address), {
        code: 'ERR_RPCUDP_ADDRESS',
        message: '10.0.0.2:53 cannot be reached from [fd00::1]:1000, which speaks IPv6',
      });
    }
    t.match(endpoint.stats(), { sent: 0, peersNow: 0 });
  }),
);

t.test(
  'closing before the socket listens closes it as soon as it does, and opening rejects',
  inWorld(async (t, world) => {
    const socket = new FakeSocket();
    const transport = udpTransport({ host: '10.0.0.1', port: 1000, createSocket: socket.create });
    let listen = (): void => undefined;
    socket.onBind = (end) => (listen = end);
    const endpoint = new EndpointSystem({ transport, clock: world.clock });
    const opened = endpoint.open();
    const closed = [endpoint.close(), endpoint.close()];
    t.equal(closed[0], closed[1]);
    await closed[0];
    listen();
    await t.rejects(opened, { code: 'ERR_RPCUDP_TRANSPORT_CLOSED' });
    t.equal(socket.open, false);
    t.throws(() => endpoint.peer('10.0.0.2:53'), EndpointClosedError);
    t.throws(() => endpoint.address, EndpointClosedError);
  }),
);

t.test('a port in use and a foreign address reject; the port is free again later', async (t) => {
  const port = await ownPort();
  const holder = await createEndpoint({ host: '127.0.0.1', port });
  for (const [host, code] of [
    ['127.0.0.1', 'EADDRINUSE'],
    // 192.0.2.0/24 is for documentation, but a test bed may use it.
    ['203.0.113.77', 'EADDRNOTAVAIL'],
  ] as const) {
    const error: unknown = await createEndpoint({ host, port }).catch((error: unknown) => error);
    t.type(error, BindError);
    t.match(error, { address: { host, port }, cause: { code } });
  }
  await holder.close();
  const heir = await createEndpoint({ host: '127.0.0.1', port });
  t.equal(heir.address.port, port);
  await heir.close();
});

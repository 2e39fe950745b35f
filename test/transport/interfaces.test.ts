/** The interfaces of a machine: which zones it has, and which addresses. */
import { createSocket } from 'node:dgram';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import t from 'tap';
import { SimulatedClock } from '../../src/testing/clock.js';
import { Interfaces, type ReadInterfaces } from '../../src/transport/interfaces.js';
import { OwnAddressError } from '../../src/transport/own-address-error.js';
import { udpTransport } from '../../src/transport/udp.js';
import { FakeSocket, systemError } from './fake-socket.js';
import { answerTo } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

const common = { mac: '02:00:00:00:00:01', internal: false };

function ipv4(address: string): NetworkInterfaceInfo {
  return { ...common, family: 'IPv4', address, netmask: '255.255.255.0', cidr: `${address}/24` };
}

function ipv6(address: string, scopeid = 0): NetworkInterfaceInfo {
  return { ...common, family: 'IPv6', address, scopeid, netmask: 'ffff::', cidr: `${address}/64` };
}

const machine = {
  lo: [{ ...ipv4('127.0.0.1'), internal: true }, ipv6('::1')],
  eth0: [ipv4('10.0.0.1'), ipv6('fd00::1'), ipv6('fe80::1', 2)],
  '3': [ipv6('fe80::3', 4)],
};

const read: ReadInterfaces = () => machine;

t.test('a zone is known by the name or the index of its interface', async (t) => {
  const interfaces = new Interfaces({ read, writesIndexes: false });
  for (const [zone, name] of [
    ['eth0', 'eth0'],
    ['2', 'eth0'],
    ['lo', 'lo'],
    ['3', '3'],
    ['4', '3'],
    ['0', undefined],
    ['02', undefined],
    ['5', undefined],
    ['eth1', undefined],
    ['ETH0', undefined],
  ] as const) {
    t.equal(interfaces.zoneName(zone), name, zone);
  }
});

t.test('Windows writes zones as indexes', async (t) => {
  const interfaces = new Interfaces({ read, writesIndexes: true });
  t.equal(interfaces.zoneName('eth0'), '2');
  t.equal(interfaces.zoneName('2'), '2');
  t.equal(interfaces.zoneName('lo'), undefined, 'no link-local address is there');
});

t.test('an address of this machine is known, with or without its zone', async (t) => {
  const interfaces = new Interfaces({ read });
  for (const host of ['10.0.0.1', 'fd00::1', 'fe80::1', 'fe80::1%eth0', '::1']) {
    t.equal(interfaces.has(host), true, host);
  }
  for (const host of ['10.0.0.2', 'fd00::2', 'fe80::2%eth0']) {
    t.equal(interfaces.has(host), false, host);
  }
  t.equal(interfaces.has('127.0.0.9'), undefined, 'the whole network is there, unlisted');
});

t.test('the interfaces are listed ten times a second at most, and may not be listable', (t) => {
  const clock = new SimulatedClock();
  let listed = 0;
  const counted = new Interfaces({ clock, read: () => ((listed += 1), machine) });
  for (let times = 0; times < 50; times++) counted.has('10.0.0.2');
  t.equal(listed, 1);
  clock.stall(100);
  t.equal(counted.zoneName('2'), 'eth0');
  t.equal(listed, 2);
  const blind = new Interfaces({
    clock,
    read: () => {
      throw new Error('forbidden');
    },
  });
  t.equal(blind.zoneName('eth7'), 'eth7');
  t.equal(blind.has('10.0.0.1'), undefined);
  t.end();
});

/** An endpoint on a fake socket of that machine. */
async function onMachine(world: World, host: string, readInterfaces = read) {
  const socket = new FakeSocket();
  const options = { host, port: 1000, readInterfaces, createSocket: socket.create };
  const endpoint = await world.endpoint({ transport: udpTransport(options), timeoutMs: 100 });
  return { socket, endpoint };
}

t.test(
  'index and name of a zone are one peer, which takes answers that carry the name',
  inWorld(async (t, world) => {
    const { socket, endpoint } = await onMachine(world, '::');
    for (const [index, zone] of ['2', 'eth0'].entries()) {
      const peer = endpoint.peer(`[fe80::9%${zone}]:53`);
      t.equal(peer.address, '[fe80::9%eth0]:53');
      const call = peer.call('x');
      const { datagram, host } = socket.sent[index]!;
      t.equal(host, 'fe80::9%eth0');
      socket.receive(answerTo(datagram, zone), 'fe80::9%eth0', 53);
      t.match(await call, { state: 'resolved', value: zone });
    }
    t.equal(endpoint.stats().peersNow, 1);
    for (const zone of ['7', 'eth1']) {
      t.throws(() => endpoint.peer(`[fe80::9%${zone}]:53`), { code: 'ERR_RPCUDP_ADDRESS' });
    }
  }),
);

t.test(
  'what a name means may have a zone, too',
  inWorld(async (t, world) => {
    const socket = new FakeSocket();
    const options = { host: '::', port: 1000, readInterfaces: read, createSocket: socket.create };
    const lookup = () => Promise.resolve(['fe80::9%eth7', 'fe80::9%2']);
    const endpoint = await world.endpoint({ transport: udpTransport(options), lookup });
    const call = endpoint.peer('name.example:53').call('x', [], { timeoutMs: 100 });
    await world.settle();
    t.equal(socket.sent[0]?.host, 'fe80::9%eth0');
    call.cancel();
  }),
);

t.test(
  'an endpoint whose own address has left the machine blames that address',
  inWorld(async (t, world) => {
    const gone: ReadInterfaces = () => ({ lo: machine.lo });
    for (const [host, own, cause] of [
      ['10.0.0.1', '10.0.0.1:1000', 'ENETUNREACH'],
      ['10.0.0.1', '10.0.0.1:1000', 'EADDRNOTAVAIL'],
      ['fd00::1', '[fd00::1]:1000', 'EINVAL'],
    ] as const) {
      const { socket, endpoint } = await onMachine(world, host, gone);
      socket.onSend = ({ done }) => {
        done(systemError(cause, 'send'));
      };
      const peer = endpoint.peer(host.includes(':') ? '[fd00::2]:53' : '10.0.0.2:53');
      const outcome = await world.clock.runUntil(peer.call('x'));
      t.match(outcome, { state: 'unsent', executed: 'no', error: { code: cause } });
      const error = outcome.state === 'unsent' ? outcome.error : undefined;
      t.type(error, OwnAddressError);
      const says = `This endpoint is bound to ${own}, but no network interface that is up has ${host};`;
      t.equal(error?.message.slice(0, says.length), says);
      t.match(error, { cause: { code: cause } });
      t.strictSame(endpoint.stats().refusedBy, { [cause]: 1 });
    }
  }),
);

t.test(
  'an endpoint whose own address is there, or is any, blames nothing',
  inWorld(async (t, world) => {
    for (const [host, code, list] of [
      ['10.0.0.1', 'ENETUNREACH', read],
      ['10.0.0.1', 'ENOBUFS', () => ({})],
      ['127.0.0.9', 'EINVAL', read],
      ['0.0.0.0', 'ENETUNREACH', () => ({})],
      ['::', 'ENETUNREACH', () => ({})],
    ] as const) {
      const { socket, endpoint } = await onMachine(world, host, list);
      const error = systemError(code, 'send');
      socket.onSend = ({ done }) => {
        done(error);
      };
      const outcome = await world.clock.runUntil(endpoint.peer('10.0.0.2:53').call('x'));
      t.equal(outcome.state === 'unsent' && outcome.error, error, `${host} ${code}`);
    }
  }),
);

const linkLocal = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
  addresses.flatMap((address) =>
    address.family === 'IPv6' && address.scopeid > 0
      ? [{ name, index: address.scopeid, host: address.address }]
      : [],
  ),
)[0];
const needsLinkLocal = linkLocal === undefined ? { skip: 'no link-local address is here' } : {};

t.test('the sources of real datagrams have the zone that is given', needsLinkLocal, async (t) => {
  const { name, index, host } = linkLocal!;
  const socket = createSocket('udp6');
  t.teardown(() => socket.close());
  await new Promise<void>((resolve) => socket.bind(0, '::', resolve));
  const heard = new Promise((resolve) => {
    socket.once('message', (_datagram, { address }) => {
      resolve(address);
    });
  });
  socket.send('hi', socket.address().port, `${host}%${index}`);
  t.equal(await heard, `${host}%${new Interfaces().zoneName(String(index))}`);
  t.equal(new Interfaces().zoneName(name), new Interfaces().zoneName(String(index)));
});

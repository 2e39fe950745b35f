/** Datagrams with a false source address. */
import { setImmediate } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { type AnyEndpoint } from '../../src/api/endpoint.js';
import type { Fate } from '../../src/api/fate.js';
import { udpTransport } from '../../src/transport/udp.js';
import { FakeSocket } from './fake-socket.js';
import { forge, rawSockets } from './forged-source.js';
import { until } from '../fixtures/network/until.js';
import { frame, request } from '../fixtures/raw-peer.js';
import { ipv6 } from '../fixtures/real-ipv6.js';
import { inWorld } from '../fixtures/world.js';

async function open(t: Test, host: string) {
  const settled: [fate: Fate, host: string][] = [];
  const endpoint = await createEndpoint({
    host,
    handlers: { hello: () => 'hi' },
    onError: (error) => t.fail(String(error)),
  });
  endpoint.on('frame.settled', ({ fate, from }) => settled.push([fate, from.host]));
  t.teardown(() => endpoint.close());
  return { endpoint, settled };
}

/** Waits until this many datagrams were read, and for everything that follows from them. */
async function quiet(endpoint: AnyEndpoint, count: number): Promise<void> {
  await until(() => endpoint.stats().received >= count);
  for (let turns = 0, seen = -1; turns < 100; turns++) {
    const { received, sent, refused } = endpoint.stats();
    if (received + sent + refused !== seen) turns = 0;
    seen = received + sent + refused;
    await setImmediate();
  }
}

/**
 * Sends a request from each source, and compares what happened to each, and how many were answered.
 */
async function requestFromEach(
  t: Test,
  bindTo: string,
  to: string,
  sources: readonly (readonly [host: string, port: number, fate: Fate])[],
): Promise<void> {
  const { endpoint, settled } = await open(t, bindTo);
  forge(
    sources.map(([host, port], index) => ({
      from: { host, port },
      to: { host: to, port: endpoint.address.port },
      datagram: request(index + 1, 'hello'),
    })),
  );
  await quiet(endpoint, sources.length);
  t.strictSame(
    settled.map(([fate]) => fate),
    sources.map(([_host, _port, fate]) => fate),
    sources.map(([host, port]) => `${host} port ${port}`).join(', '),
  );
  const { sent, refused } = endpoint.stats();
  t.equal(sent + refused, sources.filter(([_host, _port, fate]) => fate === 'request.run').length);
}

const IPV4_SOURCES = [
  ['127.0.0.1', 0, 'badSource'],
  ['255.255.255.255', 9, 'badSource'],
  ['224.0.0.1', 9, 'badSource'],
  ['239.255.255.250', 1900, 'badSource'],
  ['127.255.255.255', 9, 'badSource'],
  ['127.1.2.3', 9, 'request.run'],
] as const;

const needsRaw = rawSockets();
const needsRawAndIpv6 = { ...needsRaw, ...ipv6() };

t.test('no answer is sent to a source that is not a host, over IPv4', needsRaw, async (t) => {
  await requestFromEach(t, '127.0.0.1', '127.0.0.1', IPV4_SOURCES);
});

t.test('the same over IPv4 on a socket of both versions', needsRawAndIpv6, async (t) => {
  await requestFromEach(t, '::', '127.0.0.1', IPV4_SOURCES);
});

t.test('the same over IPv6', needsRawAndIpv6, async (t) => {
  await requestFromEach(t, '::', '::1', [
    ['::1', 0, 'badSource'],
    ['::', 9, 'badSource'],
    ['::1', 9, 'request.run'],
    ['::ffff:127.0.0.1', 9, 'request.run'],
    ['fe80::1', 9, 'request.run'],
  ]);
});

t.test(
  'the same for sources that the kernel would accept',
  inWorld(async (t, world) => {
    const socket = new FakeSocket();
    const transport = udpTransport({ host: '::', port: 1000, createSocket: socket.create });
    const endpoint = await world.endpoint({ transport, handlers: { hello: () => 'hi' } });
    const sources = ['::', 'ff02::1', 'ff0e::1234', '::ffff:224.0.0.1', '::ffff:0.0.0.0'];
    for (const [index, host] of sources.entries()) {
      socket.receive(request(index + 1, 'hello'), host, 9);
      socket.receive(request(index + 1, 'hello'), host, 0);
    }
    await world.settle();
    t.equal(endpoint.stats().fates.badSource, sources.length * 2);
    t.match(endpoint.stats(), { attempted: 0, peersNow: 0 });
  }),
);

t.test('a datagram that seems to come from this endpoint is answered once', needsRaw, async (t) => {
  const { endpoint, settled } = await open(t, '127.0.0.1');
  const self = endpoint.address;
  const id = Buffer.alloc(20, 7);
  forge([
    { from: self, to: self, datagram: request(1, 'hello') },
    { from: self, to: self, datagram: frame('response', id, 'hi') },
    { from: self, to: self, datagram: frame('error', id, ['overloaded', 'no']) },
    { from: self, to: self, datagram: Buffer.from('nonsense') },
  ]);
  await quiet(endpoint, 5);
  t.strictSame(settled.map(([fate]) => fate).sort(), [
    'malformed.tooShort',
    'request.run',
    'response.orphan',
    'response.orphan',
    'response.orphan',
  ]);
  t.match(endpoint.stats(), { received: 5, sent: 1, refused: 0 });
});

t.test('a source keeps its scope, and IPv4 in IPv6 is IPv4', needsRawAndIpv6, async (t) => {
  const { endpoint, settled } = await open(t, '::');
  const { port } = endpoint.address;
  const datagram = request(1, 'hello');
  forge([
    { from: { host: 'fe80::1', port: 9 }, to: { host: '::1', port }, datagram },
    { from: { host: '::ffff:127.0.0.1', port: 9 }, to: { host: '::1', port }, datagram },
    { from: { host: '127.0.0.1', port: 9 }, to: { host: '127.0.0.1', port }, datagram },
  ]);
  await quiet(endpoint, 3);
  t.strictSame(settled, [
    ['request.run', 'fe80::1%lo'],
    ['request.run', '127.0.0.1'],
    ['request.replayed', '127.0.0.1'],
  ]);
  t.equal(endpoint.stats().peersNow, 2);
});

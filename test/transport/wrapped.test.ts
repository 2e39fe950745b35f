/** The edges of an endpoint, as the package exports them to be wrapped. */
import t from 'tap';
import {
  createEndpoint,
  formatAddress,
  parseAddress,
  systemClock,
  systemRandom,
  TransportClosedError,
  udpTransport,
} from '../../src/index.js';
import type { Clock, Random, Transport, UdpTransport } from '../../src/index.js';
import { Inbox } from '../fixtures/inbox.js';

/** A transport that turns around every byte of what another one carries. */
function inverted(inner: UdpTransport): Transport {
  const invert = (bytes: Uint8Array) => Buffer.from(bytes.map((byte) => byte ^ 0xff));
  return {
    open: (receiver) =>
      inner.open({
        datagramReceived: (datagram, host, port) => {
          receiver.datagramReceived(invert(datagram), host, port);
        },
        transportFailed: (error) => {
          receiver.transportFailed(error);
        },
      }),
    send: (datagram, host, port, done) => {
      inner.send(invert(datagram), host, port, done);
    },
    close: () => inner.close(),
    get family() {
      return inner.family;
    },
    zoneName: (zone) => inner.zoneName(zone),
  };
}

t.test('a transport that wraps UDP carries calls, and others are not understood', async (t) => {
  const wrapped = () => inverted(udpTransport({ host: '127.0.0.1' }));
  const server = await createEndpoint({
    transport: wrapped(),
    handlers: { double: (_, n: number) => 2 * n },
  });
  const client = await createEndpoint({ transport: wrapped() });
  const peer = client.peer<typeof server>(server.address);
  t.equal(await peer.call('double', [1]).value(), 2);
  const numbers = Array.from({ length: 20 }, (_, n) => n);
  const doubled = await Promise.all(numbers.map((n) => peer.call('double', [n]).value()));
  t.strictSame(
    doubled,
    numbers.map((n) => 2 * n),
    'bundles as well',
  );
  const stranger = await createEndpoint({ host: '127.0.0.1' });
  const outcome = await stranger.peer(server.address).call('double', [1], { timeoutMs: 100 });
  t.match(outcome, { state: 'timedOut', executed: 'maybe' });
  t.equal(server.stats().requests.replied, 21);
  await Promise.all([client, server, stranger].map((endpoint) => endpoint.close()));
});

t.test('clock and randomness can be wrapped, too', async (t) => {
  let [readings, bytes] = [0, 0];
  const clock: Clock = {
    ...systemClock,
    nowMs: () => {
      readings += 1;
      return systemClock.nowMs();
    },
  };
  const random: Random = {
    ...systemRandom,
    fillBytes: (target) => {
      bytes += target.length;
      systemRandom.fillBytes(target);
    },
  };
  const endpoint = await createEndpoint({
    ...{ host: '127.0.0.1', clock, random },
    handlers: { ping: () => 'pong' },
  });
  t.equal(await endpoint.peer(endpoint.address).call('ping').value(), 'pong');
  t.ok(readings > 0 && bytes >= 20, `${readings} readings, ${bytes} bytes`);
  await endpoint.close();
});

t.test('a transport alone has its port, until it is closed', async (t) => {
  const transport = udpTransport();
  const { port } = await transport.open(new Inbox());
  t.ok(port > 0);
  await transport.close();
  const error = await new Promise((resolve) => {
    transport.send(Buffer.of(1), '127.0.0.1', port, resolve);
  });
  t.type(error, TransportClosedError);
});

t.test('addresses are parsed and formatted as peers have them', (t) => {
  for (const [given, canonical, kind] of [
    ['[::FFFF:10.0.0.1]:53', '10.0.0.1:53', 'ipv4'],
    ['[2001:DB8:0:0::1]:53', '[2001:db8::1]:53', 'ipv6'],
    ['Example.org:53', 'example.org:53', 'name'],
  ] as const) {
    const parsed = parseAddress(given);
    t.equal(formatAddress(parsed), canonical);
    t.equal(parsed.kind, kind);
  }
  t.throws(() => parseAddress('10.0.0.1'), { code: 'ERR_RPCUDP_ADDRESS' });
  t.end();
});

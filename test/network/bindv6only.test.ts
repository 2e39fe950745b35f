/** A system on which an IPv6 socket serves IPv6 alone, as `net.ipv6.bindv6only` has it. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { EndpointProcess } from '../fixtures/network/endpoint-process.js';
import { LabHost } from '../fixtures/network/lab.js';
import { networkLab } from '../fixtures/real-parts.js';

t.setTimeout(60_000);

t.test(
  'an endpoint at all addresses serves and calls both IP versions',
  networkLab(),
  async (t) => {
    const started = await EndpointProcess.start({ ownNetwork: true });
    t.teardown(() => started.kill());
    const host = new LabHost('::', started);
    host.run('ip link set lo up');
    host.run('sysctl --quiet --write net.ipv6.bindv6only=1');
    const { port } = await started.ask('open', { host: '::' });
    const to = [`127.0.0.1:${port}`, `[::1]:${port}`];
    const ended = await started.ask('calls', { to, procedure: 'echo', count: 10 });
    t.same(new Set(ended.map(({ state }) => state)), new Set(['resolved']));
    const stats = await started.ask('stats');
    t.match(stats, { refused: 0, outcomes: { resolved: 10 }, kernelDrops: 0 });
  },
);

t.test('Node.js leaves the setting of the system as it is, and only forbids IPv4', async (t) => {
  const socket = createSocket({ type: 'udp6', ipv6Only: true });
  t.teardown(() => socket.close());
  socket.bind(0, '::');
  await once(socket, 'listening');
  const other = createSocket('udp4');
  t.teardown(() => other.close());
  other.bind(socket.address().port, '0.0.0.0');
  await once(other, 'listening');
  t.equal(other.address().port, socket.address().port);
});

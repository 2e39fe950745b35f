/** Sends that this machine's own network refuses, which an endpoint must survive. */
import t from 'tap';
import { balance } from '../fixtures/network/books.js';
import { Lab, WIRE } from '../fixtures/network/lab.js';
import { networkLab } from '../fixtures/real-parts.js';

// These tests wait for silence, and each rule of the network takes a process or two.
t.setTimeout(180_000);

t.test('without a route to the peer', networkLab(), async (t) => {
  const lab = await Lab.start(t);
  const { client, server } = lab;
  const { host } = client;
  const network = '10.77.0.0/24';

  const obstacles: readonly {
    name: string;
    code: string;
    obstruct: () => void;
    clear?: () => void;
  }[] = [
    {
      name: 'the link is down',
      code: 'ENETUNREACH',
      obstruct: () => client.run(`ip link set ${WIRE} down`),
    },
    {
      name: 'the route is gone',
      code: 'ENETUNREACH',
      obstruct: () => client.run(`ip route delete ${network}`),
      clear: () => client.run(`ip route add ${network} dev ${WIRE}`),
    },
    {
      name: 'the address is gone',
      code: 'ENETUNREACH',
      obstruct: () => client.run(`ip address flush dev ${WIRE}`),
    },
    ...[
      { type: 'unreachable', code: 'EHOSTUNREACH' },
      { type: 'prohibit', code: 'EACCES' },
      { type: 'blackhole', code: 'EINVAL' },
    ].map(({ type, code }) => ({
      name: `the route says ${type}`,
      code,
      obstruct: () => client.run(`ip route add ${type} ${server.host}`),
      clear: () => client.run(`ip route delete ${type} ${server.host}`),
    })),
    {
      name: 'the firewall forbids it',
      code: 'EPERM',
      obstruct: () => {
        client.rule('output', 'drop');
      },
    },
  ];

  for (const { name, code, obstruct, clear } of obstacles) {
    t.test(`when ${name}, calls are unsent (${code}), and later ones are answered`, async (t) => {
      // Bound to all addresses, as is the default, and to one address: the kernel handles them
      // differently.
      for (const bound of [host, undefined]) {
        await lab.open(bound === undefined ? { host: '0.0.0.0' } : {});
        await lab.acquaint();
        obstruct();
        const obstructed = await lab.calls({ procedure: 'count', count: 10 });
        t.same(obstructed, Array(10).fill({ state: 'unsent', attempts: 0, executed: 'no', code }));

        clear?.();
        client.restore();
        const cleared = await lab.calls({ procedure: 'count', count: 10 });
        t.same(new Set(cleared.map(({ state }) => state)), new Set(['resolved']));
        const { client: calls, executions } = await balance(t, lab);
        t.equal(executions.total, 10);
        t.equal(calls.outcomes.unsent, 10);
        t.ok(calls.refused >= 1, `${calls.refused} datagrams were refused, bundles among them`);
      }
    });
  }
});

/** Peers that cannot reach each other for a while, or have another address afterwards. */
import t from 'tap';
import { balance } from '../fixtures/network/books.js';
import { Lab } from '../fixtures/network/lab.js';
import { until } from '../fixtures/network/until.js';
import { networkLab } from '../fixtures/real-parts.js';

// These tests wait for silence, and each rule of the network takes a process or two.
t.setTimeout(180_000);

/** So long that a client that is stopped for a while cannot be the reason for a time-out. */
const SILENT_MS = 2_000;
const SILENCE = { state: 'timedOut', attempts: 1, executed: 'maybe', verdict: 'peerSilent' };

t.test('when peers cannot reach each other', networkLab(), async (t) => {
  const lab = await Lab.start(t);
  const { client, server } = lab;

  t.test('a partition ends calls honestly, and leaves nothing behind when healed', async (t) => {
    for (const [cut, executed] of [
      [[client], 20],
      [[server], 0],
      [[client, server], 0],
    ] as const) {
      await lab.open();
      await lab.acquaint();
      for (const end of cut) end.rule('input', 'counter name lost drop');
      const apart = await lab.calls({
        procedure: 'count',
        count: 20,
        timeoutMs: SILENT_MS,
        attempts: 1,
      });
      t.same(apart, Array(20).fill(SILENCE));

      for (const end of cut) end.heal();
      const again = await lab.calls({ procedure: 'count', count: 100 });
      t.same(new Set(again.map(({ state }) => state)), new Set(['resolved']));
      const { executions } = await balance(t, lab);
      t.equal(executions.total, executed + 100);
    }
  });

  t.test('an ICMP message about a port proves nothing, so the call times out', async (t) => {
    await lab.open();
    await lab.acquaint();
    server.rule('input', 'counter name lost reject with icmp type port-unreachable');
    const plan = { procedure: 'count', count: 10, timeoutMs: SILENT_MS, attempts: 1 } as const;
    const refused = await lab.calls(plan);
    t.same(refused, Array(10).fill(SILENCE));
    server.heal();
    await lab.calls({ procedure: 'count', count: 10 });
    const { executions } = await balance(t, lab);
    t.equal(executions.total, 10);
  });

  t.test('when a NAT changes the port, the open call times out, later ones do not', async (t) => {
    await lab.open();
    await lab.acquaint();
    const chain = 'chain ip lab nat';
    client.nft(`add ${chain} { type nat hook postrouting priority srcnat; }`);
    const rebind = (port: number): void => {
      const rule = `rule ip lab nat udp dport ${server.port} masquerade to :${port}`;
      client.nft(`flush ${chain}; add ${rule}`);
      client.run('conntrack --flush');
    };
    rebind(40_000);
    // Enough time for everything that follows, on a busy machine.
    const call = lab.calls({ procedure: 'hold', count: 1, timeoutMs: 8_000, attempts: 1 });
    await until(async () => (await server.process.ask('stats')).runningNow === 1);
    rebind(40_010);
    const after = await lab.calls({ procedure: 'count', count: 20, outstanding: 1 });
    t.same(new Set(after.map(({ state }) => state)), new Set(['resolved']));
    await server.process.ask('release');

    t.match(await call, [{ state: 'timedOut', executed: 'maybe', verdict: 'peerAliveButSlow' }]);
    const serves = await server.process.ask('stats');
    t.equal(serves.fates['request.run'], 100 + 1 + 20);
    t.equal(serves.peersNow, 3, 'the server knows the client by three ports');
  });
});

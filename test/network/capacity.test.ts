/** What does not fit through a path. */
import t from 'tap';
import { balance } from '../fixtures/network/books.js';
import { Lab, WIRE } from '../fixtures/network/lab.js';
import { until } from '../fixtures/network/until.js';
import { networkLab } from '../fixtures/real-parts.js';

// These tests wait for silence, and each rule of the network takes a process or two.
t.setTimeout(180_000);

/** So long that a client that is stopped for a while cannot be the reason for a time-out. */
const SILENT_MS = 2_000;
const SILENCE = { state: 'timedOut', attempts: 1, executed: 'maybe', verdict: 'peerSilent' };

t.test('over a path that is too small', networkLab(), async (t) => {
  const lab = await Lab.start(t);
  const { client, server } = lab;

  t.test('where fragments are dropped, 1,200 bytes arrive and 3,000 do not', async (t) => {
    for (const end of [client, server]) {
      await lab.open();
      await lab.acquaint();
      const isFragment = 'ip frag-off & 0x1fff != 0';
      // The last fragment counts as its datagram.
      end.rule('prerouting', `${isFragment} ip frag-off & 0x2000 == 0 counter name lost drop`);
      end.rule('prerouting', `${isFragment} drop`);
      const procedure = end === server ? 'echo' : 'blob';
      // Few enough calls that the server answers without a challenge.
      const plan = { procedure, count: 10, attempts: 1 } as const;
      const small = await lab.calls({ ...plan, bytes: 1_200 });
      t.same(new Set(small.map(({ state }) => state)), new Set(['resolved']));
      const large = await lab.calls({ ...plan, bytes: 3_000, timeoutMs: SILENT_MS });
      t.same(large, Array(10).fill(SILENCE));
      end.heal();
      const healed = await lab.calls({ ...plan, bytes: 3_000 });
      t.same(new Set(healed.map(({ state }) => state)), new Set(['resolved']));

      const { server: serves, toServer, toClient } = await balance(t, lab);
      t.equal(toServer.lost + toClient.lost, 10);
      t.equal(serves.fates['request.run'], 100 + 10 + (end === server ? 0 : 10) + 10);
    }
  });

  t.test('behind a slow link the send queue holds 1 MiB, and the rest is unsent', async (t) => {
    await lab.open({ window: 256, mailbox: 0 });
    client.run(`tc qdisc add dev ${WIRE} root tbf rate 1mbit burst 10kb limit 50mb`);
    // Nobody listens there. Each address has its own window.
    const to = Array.from({ length: 100 }, (_, index) => `${server.host}:${20_000 + index}`);
    const plan = { procedure: 'echo', bytes: 8_000, attempts: 1, timeoutMs: 500 } as const;
    const ended = await lab.calls({ ...plan, to, count: 400 });
    client.run(`tc qdisc delete dev ${WIRE} root`);

    const unsent = ended.filter(({ state }) => state === 'unsent');
    t.ok(unsent.length > 0, `${unsent.length} were not sent`);
    t.same(new Set(unsent.map(({ code }) => code)), new Set(['ERR_RPCUDP_SEND_QUEUE_FULL']));
    const bytes = await client.process.ask('mostBytesQueued');
    t.ok(bytes > 900_000 && bytes <= 1024 * 1024, `${bytes} bytes were queued at most`);
    const calls = await client.process.ask('stats');
    t.equal(calls.refused, unsent.length);
    const after = await lab.calls({ procedure: 'count', count: 1 });
    t.match(after, [{ state: 'resolved' }], 'the endpoint lives on');
  });

  t.test(
    'over a path that takes 100 requests a second, at least 70 calls a second are answered',
    async (t) => {
      // One request in each datagram, because the path counts datagrams.
      await lab.open({ maxBundleBytes: 0 });
      await lab.acquaint();
      const [perSecond, burst] = [100, 100];
      const answered = async () => (await client.process.ask('stats')).outcomes.resolved;
      const limit = `limit rate over ${perSecond}/second burst ${burst} packets`;
      server.rule('input', `${limit} counter name lost drop`);
      const answeredBefore = await answered();
      const startedAtMs = performance.now();
      const all = lab.calls({
        procedure: 'count',
        count: 600,
        outstanding: 20,
        timeoutMs: 2_000,
      });
      // Not to the end: when no calls are left to begin, the last ones wait alone, and the path is
      // idle.
      await until(async () => (await answered()) >= answeredBefore + 500);
      const seconds = (performance.now() - startedAtMs) / 1_000;
      await all;

      const { toServer } = await balance(t, lab);
      t.ok(toServer.lost > 0, `${toServer.lost} requests were too many`);
      const room = Math.floor(burst + perSecond * seconds);
      t.ok(500 >= 0.7 * room, `500 calls, with room for ${room}`);
    },
  );
});

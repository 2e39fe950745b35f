/** What a lossy network may cost, to the datagram. */
import t from 'tap';
import { binomialBand } from './binomial.js';
import { balance } from '../fixtures/network/books.js';
import { Lab } from '../fixtures/network/lab.js';
import { networkLab } from '../fixtures/real-parts.js';

// These tests wait for silence, and each rule of the network takes a process or two.
t.setTimeout(180_000);

/**
 * One in this many runs of the test may fail by chance alone. The exact counts besides each band
 * never fail by chance.
 */
const ODDS = 1_000_000;

/** So long that a client that is stopped for a while cannot be the reason for a time-out. */
const SILENT_MS = 2_000;

/** One call at a time, so that a lost one does not hold up others in the window. */
const ONE_BY_ONE = { procedure: 'count', outstanding: 1, timeoutMs: 60, attempts: 1 } as const;

t.test('over a lossy network', networkLab(), async (t) => {
  const lab = await Lab.start(t);
  const { client, server } = lab;

  t.test('without retransmission, the calls that time out are those that were lost', async (t) => {
    for (const { percent, count } of [
      { percent: 10, count: 200 },
      { percent: 30, count: 80 },
    ]) {
      await lab.open();
      await lab.acquaint();
      for (const end of [client, server]) {
        end.rule('input', `numgen random mod 100 < ${percent} counter name lost drop`);
      }
      const ended = await lab.calls({ ...ONE_BY_ONE, count });

      const books = await balance(t, lab);
      const resolved = ended.filter(({ state }) => state === 'resolved').length;
      const { toServer, toClient, client: counts } = books;
      const late = counts.fates['response.late'];
      t.equal(resolved + late, count - toServer.lost - toClient.lost, `at ${percent} %`);
      t.equal(books.executions.total, count - toServer.lost);
      const [least, most] = binomialBand(count, (1 - percent / 100) ** 2, ODDS);
      t.ok(resolved + late >= least && resolved + late <= most, `${resolved} of ${count} resolved`);
      t.same(
        new Set(ended.filter(({ state }) => state !== 'resolved').map(({ executed }) => executed)),
        new Set(['maybe']),
        'it is not known whether a call without an answer ran',
      );
    }
  });

  t.test('when every tenth request is lost, every tenth call times out', async (t) => {
    await lab.open();
    await lab.acquaint();
    server.rule('input', 'numgen inc mod 10 == 0 counter name lost drop');
    const ended = await lab.calls({ ...ONE_BY_ONE, count: 200, timeoutMs: 100 });

    const { executions, toServer, client: counts } = await balance(t, lab);
    t.equal(toServer.lost, 20);
    t.equal(executions.total, 180);
    t.equal(counts.outcomes.timedOut, 20 + counts.fates['response.late']);
    const tenths = ended.filter((_, index) => index % 10 === 0).map(({ state }) => state);
    t.same(tenths, Array(20).fill('timedOut'));
  });

  t.test(
    'when nothing arrives, every call times out with the verdict that the peer is silent',
    async (t) => {
      await lab.open();
      server.rule('input', 'counter name lost drop');
      const ended = await lab.calls({ procedure: 'count', count: 4, timeoutMs: SILENT_MS });

      const { executions } = await balance(t, lab);
      t.equal(executions.total, 0);
      const silence = { state: 'timedOut', attempts: 1, executed: 'maybe', verdict: 'peerSilent' };
      t.same(ended, Array(4).fill(silence));
    },
  );

  t.test(
    'a call without an answer is sent again until its deadline, with growing gaps',
    async (t) => {
      const leastRtoMs = 200;
      const timeoutMs = 2_500;
      const longestGapMs = timeoutMs / 4;
      // How much time passes between the call's reading of the clock and the sending of the datagram.
      const jitterMs = 20;
      await lab.open();
      await lab.acquaint();
      client.rule('input', 'counter name lost drop');
      const ended = await lab.calls({ procedure: 'count', count: 1, timeoutMs });

      const { executions, server: serves } = await balance(t, lab);
      t.match(ended, [{ state: 'timedOut', executed: 'maybe' }]);
      const attempts = 1 + serves.fates['request.replayed'];
      t.match(ended, [{ attempts }], 'each copy arrived');
      t.ok(attempts >= 4, `${attempts} times`);
      t.equal(executions.total, 1);
      // The times of sending, because a server that is stopped would read the datagrams one after the
      // other.
      const departures = await client.process.ask('departuresMs');
      const sentAtMs = departures.slice(-attempts);
      const gapsMs = sentAtMs.slice(1).map((atMs, index) => atMs - (sentAtMs[index] ?? NaN));
      let leastMs = leastRtoMs;
      for (const [index, gapMs] of gapsMs.entries()) {
        t.ok(gapMs >= leastMs - jitterMs, `${gapMs} ms after transmission ${index + 1}`);
        leastMs = Math.min(2 * leastMs, longestGapMs);
      }
    },
  );

  t.test('when every datagram comes three times, each procedure runs once', async (t) => {
    const count = 500;
    await lab.open();
    await lab.acquaint();
    for (const [end, other] of [
      [client, server],
      [server, client],
    ] as const) {
      const copy = `counter name doubled dup to ${other.host}`;
      // The mark is copied too, and prevents the copies from being copied.
      end.rule('output', `meta mark 0 meta mark set 1 ${copy} ${copy}`);
    }
    const { sent } = await client.process.ask('stats');
    await lab.calls({ procedure: 'count', count, outstanding: 50, attempts: 1 });

    const { client: calls, server: serves, executions, toServer } = await balance(t, lab);
    t.equal(calls.outcomes.resolved, 100 + count);
    t.equal(executions.total, count);
    t.equal(toServer.doubled, 2 * (calls.sent - sent));
    const { fates } = serves;
    t.equal(fates['request.duplicate'] + fates['request.replayed'], 2 * count);
    t.equal(calls.fates['response.matched'], 100 + count);
  });
});

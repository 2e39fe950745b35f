/** The most important promise: over a bad network, a call runs once, or is known to be in doubt. */
import t, { type Test } from 'tap';
import { binomialBand } from './binomial.js';
import { balance } from '../fixtures/network/books.js';
import { Lab } from '../fixtures/network/lab.js';
import { networkLab } from '../fixtures/real-parts.js';

const CALLS = 10_000;
const LOSS = 0.1;
const DUPLICATION = 0.1;
/** The default for a peer that is known to run a repeated request only once. */
const ATTEMPTS = 3;

/** One in this many runs of the test may fail by chance alone. */
const ODDS = 1_000_000;

/** This test mostly waits for retransmissions: 40 s on a quiet machine. */
const TIMEOUT_MS = 180_000;

t.setTimeout(2 * TIMEOUT_MS);

t.test('a tenth of all datagrams lost and a tenth doubled each way', networkLab(), async (t) => {
  const lab = await Lab.start(t);
  t.setTimeout(2 * TIMEOUT_MS);

  t.test(`${CALLS} calls, each alone in its datagram, run at most once`, async (t) => {
    const { ended, resolved, inDoubt } = await callOver(t, lab, { maxBundleBytes: 0 });
    // Duplication only helps: an attempt fails when the request is lost, or all of its answers.
    const bothWays = (1 - LOSS) ** 2;
    const [, most] = binomialBand(ended.length, (1 - bothWays) ** ATTEMPTS, ODDS);
    t.ok(inDoubt.length <= most, `${inDoubt.length} in doubt, of at most ${most}`);
    const [least] = binomialBand(ended.length, bothWays, ODDS);
    const atOnce = resolved.filter(({ attempts }) => attempts === 1).length;
    t.ok(atOnce >= least, `${atOnce} resolved at the first attempt, of at least ${least}`);
    t.ok(atOnce < resolved.length, 'others needed more');
  });

  // Frames that are lost together do not follow a binomial distribution, so only the counts are
  // checked.
  t.test(`${CALLS} calls, many in a datagram, run at most once`, async (t) => {
    const { calls, serves } = await callOver(t, lab, {});
    for (const [what, { framesReceived, received }] of Object.entries({ serves, calls })) {
      t.ok(framesReceived > received, `${what}: ${framesReceived} frames in ${received} datagrams`);
    }
  });
});

/**
 * Makes the calls over the bad network, and asserts that each ran at most once, or is known to be
 * in doubt.
 */
async function callOver(t: Test, lab: Lab, options: Parameters<Lab['open']>[0]) {
  const { client, server } = lab;
  t.setTimeout(TIMEOUT_MS);
  await lab.open(options);
  for (const [end, other] of [
    [client, server],
    [server, client],
  ] as const) {
    end.rule('input', `numgen random mod 100 < ${100 * LOSS} counter name lost drop`);
    // The mark is copied too, and prevents the copy from being copied.
    const double = `meta mark set 1 counter name doubled dup to ${other.host}`;
    end.rule('output', `meta mark 0 numgen random mod 100 < ${100 * DUPLICATION} ${double}`);
  }
  // A peer that has not answered yet might be an old one, which by default gets a request only
  // once.
  const known = await lab.calls({ procedure: 'echo', count: 1, attempts: 16, timeoutMs: 60_000 });
  t.match(known, [{ state: 'resolved' }], 'client and server know each other');
  const ended = await lab.calls({
    procedure: 'count',
    count: CALLS,
    outstanding: 200,
    timeoutMs: 20_000,
  });

  const { client: calls, server: serves, executions } = await balance(t, lab);
  const resolved = ended.filter(({ state }) => state === 'resolved');
  const inDoubt = ended.filter(({ state }) => state === 'timedOut');
  t.equal(resolved.length + inDoubt.length, CALLS);
  t.equal(executions.total, executions.distinct, 'no id ran twice');
  t.equal(serves.fates['request.run'], 1 + executions.distinct, 'nothing else ran');
  t.ok(executions.distinct >= resolved.length && executions.distinct <= CALLS);
  const again = serves.fates['request.replayed'] + serves.fates['request.duplicate'];
  t.equal(serves.framesReceived, 1 + executions.distinct + again);
  t.comment(
    `${resolved.length} resolved, ${inDoubt.length} in doubt; ${calls.framesAttempted} requests in ${calls.sent} datagrams, ${again} came again`,
  );
  return { ended, resolved, inDoubt, calls, serves };
}

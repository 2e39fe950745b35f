/** When a process stands still, or gets another time of day, its peers are not blamed. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { EndpointProcess, type ProcessOptions } from '../fixtures/network/endpoint-process.js';
import type { EndedCall, Phase } from '../fixtures/network/protocol.js';
import { until } from '../fixtures/network/until.js';
import { libfaketime } from '../fixtures/real-parts.js';

// Each stall lasts longer than a call may take.
t.setTimeout(180_000);

const HOST = '127.0.0.1';
/**
 * So few that the server runs all at the same time, and so many that their answers are not read in
 * one turn.
 */
const HELD = 60;
/** Long enough to make the calls and let them arrive, on a busy machine. */
const TIMEOUT_MS = 2_000;

const onLinux = process.platform === 'linux' ? {} : { skip: 'reads /proc, which Linux has' };

t.test(
  'while its process is stopped for longer than they may take, no call times out',
  onLinux,
  async (t) => {
    const parties = await pair(t);
    const { client } = parties;
    const calls = await heldCalls(parties);
    client.signal('SIGSTOP');
    await until(async () => readFileSync(`/proc/${client.pid}/stat`, 'utf8').includes(') T '));
    await answerTooLate(parties);
    client.signal('SIGCONT');
    requireResolvedLate(t, await calls(), 'each was answered before the process could look');
  },
);

const PHASES: readonly Phase[] = ['message', 'timer', 'immediate', 'nextTick', 'microtask'];

t.test('a stall of the event loop causes no time-out of calls whose answers wait', async (t) => {
  const parties = await pair(t);
  const { client, to } = parties;
  const folder = mkdtempSync(join(tmpdir(), 'rpcudp-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const phase of PHASES) {
    const calls = await heldCalls(parties);
    const begun = join(folder, `${phase} begun`);
    const over = join(folder, `${phase} over`);
    const stalled = client.ask('stall', { phase, to: to[0] ?? '', begun, over });
    await until(async () => existsSync(begun));
    await answerTooLate(parties);
    writeFileSync(over, '');
    await stalled;
    requireResolvedLate(t, await calls(), `answered while the loop stood (${phase})`);
  }
});

/**
 * Calls that have all arrived and are not answered yet. Returns a function that gives their
 * outcomes.
 */
async function heldCalls({ client, server, to }: Parties): Promise<() => Promise<EndedCall[]>> {
  const plan = { to, procedure: 'hold', count: HELD, timeoutMs: TIMEOUT_MS } as const;
  const ended = client.ask('calls', plan);
  await until(async () => (await server.ask('stats')).runningNow === HELD);
  return () => ended;
}

/** Has the held calls answered, and lets their time pass, while the client cannot read. */
async function answerTooLate({ server }: Parties): Promise<void> {
  const stoppedAtMs = performance.now();
  const { framesAttempted } = await server.ask('stats');
  await server.ask('release');
  const answered = framesAttempted + HELD;
  await until(async () => (await server.ask('stats')).framesAttempted === answered);
  await until(async () => performance.now() > stoppedAtMs + TIMEOUT_MS);
}

function requireResolvedLate(t: Test, ended: readonly EndedCall[], how: string): void {
  t.same(states(ended), { resolved: HELD }, how);
  t.ok(
    ended.every(({ rttMs = 0 }) => rttMs > TIMEOUT_MS),
    'after their time',
  );
}

t.test(
  'datagrams that a stopped process has no room for are counted by the kernel, exactly',
  onLinux,
  async (t) => {
    const { client, server, to } = await pair(t);
    const [address = ''] = to;
    server.signal('SIGSTOP');
    const flood = { host: HOST, port: Number(address.split(':')[1]), count: 20_000, bytes: 30 };
    const flooded = await client.ask('flood', flood);
    server.signal('SIGCONT');
    // The server answers in order, so everything that had arrived has been read.
    const ended = await client.ask('calls', { to, procedure: 'count', count: 1 });
    t.same(states(ended), { resolved: 1 });

    const { sent } = await client.ask('stats');
    const { received, kernelDrops, fates } = await server.ask('stats');
    t.ok(fates['malformed.unknownType'] < flooded, `${kernelDrops} of ${flooded} were dropped`);
    t.equal(kernelDrops, flooded + sent - received);
  },
);

const { path: faketime = '', ...faketimeOptions } = libfaketime();

t.test('a jump of the time of day changes nothing', faketimeOptions, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rpcudp-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const timeOfDay = join(folder, 'offset');
  writeFileSync(timeOfDay, '+0');
  const { client, server, to } = await pair(t, {
    LD_PRELOAD: faketime,
    FAKETIME_TIMESTAMP_FILE: timeOfDay,
    FAKETIME_NO_CACHE: '1',
    DONT_FAKE_MONOTONIC: '1',
  });
  let offsetMs = await client.ask('clockOffsetMs');
  for (const [jump, ms] of [
    ['-1h', -3_600_000],
    ['+1h', 7_200_000],
    ['-1d', -90_000_000],
    ['+1d', 172_800_000],
  ] as const) {
    const before = performance.now();
    const calls = client.ask('calls', { to, procedure: 'hold', count: HELD });
    // So long that a busy machine cannot be the reason.
    const lost = client.ask('calls', { ...NOBODY, timeoutMs: 400 });
    await until(async () => (await server.ask('stats')).runningNow === HELD);
    writeFileSync(timeOfDay, jump);
    const jumpedMs = (await client.ask('clockOffsetMs')) - offsetMs;
    offsetMs += jumpedMs;
    t.ok(Math.abs(jumpedMs - ms) < 1_000, `the time of day went ${jumpedMs} ms`);
    t.match(await lost, [{ state: 'timedOut', verdict: 'peerSilent' }]);
    t.ok(performance.now() - before >= 400, 'not timed out too early');
    await server.ask('release');
    const ended = await calls;
    t.same(states(ended), { resolved: HELD }, jump);
    const mostMs = performance.now() - before;
    t.ok(
      ended.every(({ rttMs = -1 }) => rttMs >= 0 && rttMs <= mostMs),
      'round trips are true',
    );
  }
});

/** Port 9 discards what it gets, if anything listens there. */
const NOBODY = { to: [`${HOST}:9`], procedure: 'count', count: 1, attempts: 1 } as const;

interface Parties {
  readonly client: EndpointProcess;
  readonly server: EndpointProcess;
  /** The address of the server. */
  readonly to: readonly string[];
}

/** A client that knows its server, on the loopback interface. */
async function pair(t: Test, env: NonNullable<ProcessOptions['env']> = {}): Promise<Parties> {
  const started = [EndpointProcess.start({ env }), EndpointProcess.start()];
  t.teardown(async () => {
    await Promise.allSettled(started.map(async (one) => (await one).kill()));
  });
  const [client, server] = (await Promise.all(started)) as [EndpointProcess, EndpointProcess];
  // Each answer is a separate datagram, and one more call may be answered while so many wait.
  const unbundled = { host: HOST, maxBundleBytes: 0 };
  await client.ask('open', unbundled);
  const { port } = await server.ask('open', { ...unbundled, maxRunningPerPeer: HELD + 1 });
  const to = [`${HOST}:${port}`];
  // After this its window is wide open.
  await client.ask('calls', { to, procedure: 'echo', count: 100, outstanding: 4 });
  return { client, server, to };
}

function states(ended: readonly EndedCall[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of ended) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

import t from 'tap';
import type { PrimaryMessage } from '../../src/cluster/message.js';
import type { WorkerReport } from '../../src/cluster/report.js';
import type { WorkerHearer, WorkerProcess } from '../../src/cluster/worker-process.js';
import { ClusterWorkers } from '../../src/cluster/workers.js';
import { SimulatedClock } from '../../src/testing/clock.js';

const ADDRESS = { host: '10.0.0.1', port: 1 };
const KEY = '00'.repeat(16);

interface FakeProcess extends WorkerProcess {
  readonly slot: number;
  readonly hearer: WorkerHearer;
  readonly said: PrimaryMessage[];
  readonly signals: string[];
}

function start(size: number, closeGraceMs = 5_000) {
  const clock = new SimulatedClock();
  const processes: FakeProcess[] = [];
  const reports: WorkerReport[] = [];
  let closed = 0;
  const workers = new ClusterWorkers({
    size,
    seed: 7,
    clock,
    closeGraceMs,
    fork: (slot, hearer) => {
      const said: PrimaryMessage[] = [];
      const signals: string[] = [];
      const process = {
        ...{ slot, hearer, said, signals, pid: 100 + processes.length },
        send: (message: PrimaryMessage) => said.push(message),
        kill: (signal: string) => signals.push(signal),
      };
      processes.push(process);
      return process;
    },
    reportError: (error) => {
      throw error;
    },
    closed: () => (closed += 1),
  });
  workers.ready.catch(() => undefined);
  workers.on('*', (report) => reports.push(report));
  const join = (process: FakeProcess | undefined): void => {
    process?.hearer.told({ rpcudp: 'join' });
  };
  const open = (process: FakeProcess | undefined, port: number): void => {
    const door = { port, key: KEY };
    process?.hearer.told({ rpcudp: 'opened', address: ADDRESS, door });
  };
  return { clock, processes, reports, workers, join, open, closes: () => closed };
}

const doorMessage = (slot: number, port: number | undefined) => ({
  rpcudp: 'door',
  address: ADDRESS,
  slot,
  door: port === undefined ? null : { port, key: KEY },
});

t.test('a worker that joins is told of the existing doors, and then welcomed', async (t) => {
  const { processes, join, open, workers } = start(2);
  const [first, second] = processes;
  join(first);
  t.strictSame(first?.said, [{ rpcudp: 'welcome', slot: 0, workers: 2, seed: 7 }]);
  open(first, 51);
  t.strictSame(workers.addresses, [], 'one of two');
  t.strictSame(second?.said, [], 'a worker that has not joined is told nothing');
  join(second);
  t.strictSame(second?.said, [
    doorMessage(0, 51),
    { rpcudp: 'welcome', slot: 1, workers: 2, seed: 7 },
  ]);
  open(second, 52);
  t.strictSame(first?.said.slice(1), [doorMessage(0, 51), doorMessage(1, 52)]);
  await workers.ready;
  t.strictSame(workers.addresses, [ADDRESS]);
  second?.hearer.told({ rpcudp: 'closed', address: ADDRESS });
  t.strictSame(first?.said.at(-1), doorMessage(1, undefined));
});

t.test(
  'a worker that dies is replaced in its slot, and the others are told of its doors',
  async (t) => {
    const { clock, processes, reports, workers, join, open } = start(2);
    for (const [slot, process] of [...processes].entries()) {
      join(process);
      open(process, 51 + slot);
    }
    await clock.advance(20_000);
    reports.length = 0;
    processes[1]?.hearer.disconnected();
    t.strictSame(processes[0]?.said.at(-1), doorMessage(1, undefined), 'at once');
    processes[1]?.hearer.ended(null, 'SIGKILL');
    t.strictSame(reports, [
      {
        type: 'worker.ended',
        slot: 1,
        pid: 101,
        exitCode: null,
        signal: 'SIGKILL',
        restartInMs: 100,
      },
    ]);
    t.strictSame(workers.pids, [100, undefined]);
    await clock.advance(99);
    t.equal(processes.length, 2);
    await clock.advance(1);
    const successor = processes[2];
    t.match(successor, { slot: 1, pid: 102 });
    join(successor);
    t.strictSame(successor?.said, [
      doorMessage(0, 51),
      { rpcudp: 'welcome', slot: 1, workers: 2, seed: 7 },
    ]);
    open(successor, 60);
    t.strictSame(processes[0]?.said.at(-1), doorMessage(1, 60));

    const before = processes[0]?.said.length;
    processes[1]?.hearer.disconnected();
    processes[1]?.hearer.told({ rpcudp: 'closed', address: ADDRESS });
    t.equal(processes[0]?.said.length, before, 'news of the dead is no news of its successor');
    t.match(reports.at(-1), { type: 'worker.opened', slot: 1, pid: 102, address: ADDRESS });
  },
);

t.test('the doors of a worker that ended without a message are removed too', async (t) => {
  const { processes, workers, join, open } = start(2);
  for (const [slot, process] of [...processes].entries()) {
    join(process);
    open(process, 51 + slot);
  }
  processes[1]?.hearer.ended(1, null);
  t.strictSame(processes[0]?.said.at(-1), doorMessage(1, undefined));
  t.strictSame(workers.addresses, []);
});

t.test('a worker that dies at once is not forked without end', async (t) => {
  const { clock, processes } = start(1);
  const deaths = 20;
  for (let death = 0; death < deaths; death++) {
    processes[death]?.hearer.ended(1, null);
    while (processes.length === death + 1) await clock.step();
  }
  t.equal(processes.length, deaths + 1);
  t.ok(clock.nowMs() > 12_700 + 13 * 10_000 - 1, `${clock.nowMs()} ms`);
});

t.test(
  'a worker that ends before all have opened gives an error that says which one and how',
  async (t) => {
    for (const [exitCode, signal, how] of [
      [3, null, 'exit code 3'],
      [null, 'SIGSEGV', 'SIGSEGV'],
      [null, null, 'not started'],
    ] as const) {
      const { processes, workers, join, open } = start(2);
      join(processes[0]);
      open(processes[0], 51);
      processes[1]?.hearer.ended(exitCode, signal);
      await t.rejects(workers.ready, {
        code: 'ERR_RPCUDP_CLUSTER',
        message: `Worker 1 of 2 ended (${how}) before all workers had opened their transports`,
      });
    }
  },
);

t.test('a process that the system cannot start is tried again, and reported', async (t) => {
  const clock = new SimulatedClock();
  const error = new Error('planted');
  const errors: unknown[] = [];
  let forks = 0;
  const workers = new ClusterWorkers({
    ...{ size: 1, seed: 7, clock, closeGraceMs: 1_000, closed: () => undefined },
    fork: () => {
      forks += 1;
      throw error;
    },
    reportError: (thrown) => errors.push(thrown),
  });
  await t.rejects(workers.ready, { message: /^Worker 0 of 1 ended \(not started\)/ });
  await clock.advance(100);
  t.equal(forks, 2);
  t.strictSame(errors, [error, error]);
  await workers.close();
  t.equal(clock.pendingTimers, 0);
});

t.test('closing notifies workers that listen, ends the others, and waits for all', async (t) => {
  const { clock, processes, reports, workers, join, open, closes } = start(3);
  join(processes[0]);
  open(processes[0], 51);
  processes[2]?.hearer.ended(1, null);
  const closed = workers.close();
  t.equal(workers.close(), closed);
  t.strictSame(processes[0]?.said.at(-1), { rpcudp: 'close' });
  t.strictSame(processes[0]?.signals, []);
  t.strictSame(processes[1]?.signals, ['SIGTERM'], 'it has not joined, so it would not hear');
  processes[0]?.hearer.ended(0, null);
  t.match(reports.at(-1), { type: 'worker.ended', slot: 0, restartInMs: undefined });
  t.equal(closes(), 0);
  processes[1]?.hearer.ended(null, 'SIGTERM');
  await closed;
  t.equal(closes(), 1);
  t.equal(clock.pendingTimers, 0, 'no timer of a restart or of the grace period');
  t.equal(processes.length, 3);
});

t.test('workers that do not end within the grace period are killed', async (t) => {
  const { clock, processes, workers, join } = start(2, 300);
  for (const process of processes) join(process);
  const closed = workers.close();
  processes[0]?.hearer.ended(0, null);
  await clock.advance(299);
  t.strictSame(processes[1]?.signals, []);
  await clock.advance(1);
  t.strictSame(processes[1]?.signals, ['SIGKILL']);
  t.strictSame(processes[0]?.signals, []);
  processes[1]?.hearer.ended(null, 'SIGKILL');
  await closed;
});

t.test('closing while all workers are dead ends at once', async (t) => {
  const { clock, processes, workers } = start(1);
  processes[0]?.hearer.ended(1, null);
  await workers[Symbol.asyncDispose]();
  t.equal(clock.pendingTimers, 0);
});

import cluster from 'node:cluster';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { forkWorkers, joinCluster } from '../../src/cluster/index.js';
import type { ClusterWorkers, ForkWorkersOptions, WorkerReport } from '../../src/cluster/index.js';
import type { WorkerAccount, WorkerKind } from './worker.js';
import { bodyOf, idOf, request } from '../fixtures/raw-peer.js';

// Real processes, each of which must load TypeScript.
t.setTimeout(180_000);

const HOST = '127.0.0.1';
const WORKER = new URL('./worker.ts', import.meta.url);

// The modules that tap preloads here are not for the workers.
cluster.setupPrimary({ execArgv: ['--import=tsx'] });

const fork = (kind: WorkerKind, options: ForkWorkersOptions = {}) =>
  forkWorkers({ workers: 2, exec: WORKER, args: [kind], ...options });

/**
 * Forks workers, and waits until each has opened both of its transports and knows those of the
 * others.
 */
async function start(t: Test, kind: WorkerKind, options: ForkWorkersOptions = {}) {
  const workers = await fork(kind, options);
  t.teardown(() => workers.close());
  await bothOpened(workers);
  await accounts();
  return workers;
}

async function bothOpened(workers: ClusterWorkers): Promise<void> {
  while (workers.addresses.length < 2) {
    await new Promise<void>((resolve) => {
      const subscription = workers.on('worker.opened', () => {
        subscription.unsubscribe();
        resolve();
      });
    });
  }
}

/**
 * What each living worker has done so far. Messages of one channel do not overtake each other, so
 * each worker has by then got everything that the primary told it before.
 */
function accounts(): Promise<WorkerAccount[]> {
  return Promise.all(
    Object.values(cluster.workers ?? {}).map(
      (worker) =>
        new Promise<WorkerAccount>((resolve) => {
          // Several messages may come in one turn.
          const hear = (message: object): void => {
            if (!('runs' in message)) return;
            worker?.off('message', hear);
            resolve(message as WorkerAccount);
          };
          worker?.on('message', hear);
          worker?.send('account');
        }),
    ),
  );
}

/** A client with one address. It repeats the same requests until it gets its answers. */
class Client {
  readonly #socket: Socket;
  readonly answers: Buffer[] = [];
  port = 0;

  constructor(t: Test) {
    this.#socket = createSocket('udp4');
    this.#socket.on('message', (answer) => this.answers.push(answer));
    t.teardown(() => this.#socket.close());
  }

  async open(): Promise<this> {
    this.#socket.bind({ address: HOST, port: 0, exclusive: true });
    await once(this.#socket, 'listening');
    this.port = this.#socket.address().port;
    return this;
  }

  send(datagram: Buffer, port: number): void {
    this.#socket.send(datagram, port, HOST);
  }

  /** Waits until this many answers have arrived. */
  async answered(count: number): Promise<void> {
    while (this.answers.length < count) await once(this.#socket, 'message');
  }
}

const openClients = (t: Test, count: number) =>
  Promise.all(Array.from({ length: count }, () => new Client(t).open()));

/** The answer of `run`: the worker's slot and process, and how many requests it has run. */
const ran = (answer: Buffer | undefined) =>
  bodyOf(answer!) as [slot: number, pid: number, n: number];

const portOf = (workers: ClusterWorkers, index = 0): number => workers.addresses[index]?.port ?? 0;

t.test('three workers run what 40 clients send four times over exactly once', async (t) => {
  const workers = await start(t, 'proper', { workers: 3 });
  t.equal(workers.size, 3);
  t.equal(workers.addresses.length, 2, 'each has opened two transports');
  t.equal(new Set(workers.pids).size, 3);
  const clients = await openClients(t, 40);
  const copies = 4;
  const ids = [1, 2, 3];
  // Ten at a time, because a small receive buffer cannot hold what all of them send at once while
  // no worker reads.
  for (let first = 0; first < clients.length; first += 10) {
    const some = clients.slice(first, first + 10);
    for (let copy = 0; copy < copies; copy++) {
      for (const client of some) {
        for (const id of ids) client.send(request(id, 'run', id), portOf(workers));
      }
    }
    await Promise.all(some.map((client) => client.answered(copies * ids.length)));
  }

  const told = await accounts();
  const runs = told.flatMap(({ runs }) => runs);
  t.equal(runs.length, clients.length * ids.length);
  t.equal(new Set(runs).size, runs.length, 'none of them twice');
  for (const { port, answers } of clients) {
    const bytes = new Set(answers.map((answer) => answer.toString('hex')));
    t.equal(bytes.size, ids.length, 'every copy of a request has the same answer');
    t.equal(new Set(answers.map((answer) => idOf(answer).toString('hex'))).size, ids.length);
    t.equal(new Set(answers.map((answer) => ran(answer)[0])).size, 1, `one worker for ${port}`);
  }
  const forwarding = told.map(({ forwarding }) => forwarding[0]!);
  const sum = (pick: (counts: (typeof forwarding)[number]) => number) =>
    forwarding.reduce((total, counts) => total + pick(counts), 0);
  t.equal(
    sum(({ takenOver }) => takenOver),
    sum(({ forwarded }) => forwarded),
  );
  t.ok(
    sum(({ forwarded }) => forwarded) > 0,
    'some were read by a worker that they do not belong to',
  );
  t.equal(
    sum(({ lost, tooLarge, refusedAtDoor }) => lost + tooLarge + refusedAtDoor),
    0,
  );
  for (const { refusals } of told) {
    t.match(refusals, [
      /^This endpoint shares 127\.0\.0\.1:\d+ and cannot make calls/,
      'A worker of a cluster cannot fork workers',
    ]);
    t.equal(refusals.length, 2);
  }

  await t.test('its second port works too', async (t) => {
    const [client] = await openClients(t, 1);
    const port = portOf(workers, 1);
    t.not(port, portOf(workers));
    client!.send(request(9, 'run', 'second'), port);
    await client!.answered(1);
    t.match(ran(client!.answers[0]), [Number, Number, Number]);
  });

  await t.test('a process has one cluster, and only workers join it', async (t) => {
    await t.rejects(fork('proper'), {
      code: 'ERR_RPCUDP_CLUSTER',
      message: 'This process has already forked workers',
    });
    await t.rejects(joinCluster(), {
      code: 'ERR_RPCUDP_CLUSTER',
      message: /^This process is not a worker that forkWorkers started/,
    });
  });

  await t.test('a worker that is killed is replaced, and the others continue', async (t) => {
    const slots = clients.map(({ answers }) => ran(answers[0])[0]);
    const victim = slots[0]!;
    const pids = [...workers.pids];
    const reports: WorkerReport[] = [];
    workers.on('*', (report) => reports.push(report));
    const dead = new Promise<void>((resolve) => {
      workers.on('worker.ended', () => {
        resolve();
      });
    });
    process.kill(pids[victim]!, 'SIGKILL');
    await dead;
    await bothOpened(workers);
    t.match(reports, [
      { type: 'worker.ended', slot: victim, pid: pids[victim], signal: 'SIGKILL', exitCode: null },
      { type: 'worker.opened', slot: victim },
      { type: 'worker.opened', slot: victim },
    ]);
    await accounts();

    for (const client of clients) client.answers.length = 0;
    for (const client of clients) client.send(request(1, 'run', 1), portOf(workers));
    await Promise.all(clients.map((client) => client.answered(1)));
    for (const [index, { answers }] of clients.entries()) {
      const [slot, pid] = ran(answers[0]);
      t.equal(slot, slots[index], 'addresses stay where they are');
      if (slot === victim) t.not(pid, pids[victim]);
      else t.equal(pid, pids[slot]);
    }
    const after = await accounts();
    for (const { slot, runs } of after) {
      const before = told.find((one) => one.slot === slot);
      if (slot === victim) t.equal(runs.length, slots.filter((one) => one === victim).length);
      else
        t.strictSame(
          runs.filter((run) => !run.endsWith('second')),
          before?.runs,
          'it remembers',
        );
    }
    t.ok(
      after.find(({ slot }) => slot === victim)?.runs.every((run) => run.endsWith(' 1')),
      'the memory of the dead worker is lost, so its successor runs it again',
    );
  });

  await t.test('at the close, procedures may end, and every worker ends by itself', async (t) => {
    const reports: WorkerReport[] = [];
    workers.on('worker.ended', (report) => reports.push(report));
    const [client] = clients;
    client!.answers.length = 0;
    client!.send(request(77, 'slow'), portOf(workers));
    // The procedure ends when it is told of the close, not before.
    const slow = `${client!.port} slow`;
    while (!(await accounts()).some(({ runs }) => runs.includes(slow)));
    client!.send(request(78, 'run', 'behind it'), portOf(workers));
    await client!.answered(1);
    await workers.close();
    await client!.answered(2);
    t.equal(bodyOf(client!.answers[1]!), 'finished');
    t.strictSame(
      reports.map((report) => 'exitCode' in report && report.exitCode),
      [0, 0, 0],
    );
    t.strictSame(workers.pids, [undefined, undefined, undefined]);
    t.strictSame(workers.addresses, []);
    t.strictSame(Object.keys(cluster.workers ?? {}), []);
  });
});

t.test('a worker that fails at the start makes everything fail and end', async (t) => {
  await t.rejects(fork('failing', { exec: fileURLToPath(WORKER) }), {
    code: 'ERR_RPCUDP_CLUSTER',
    message: 'Worker 1 of 2 ended (exit code 3) before all workers had opened their transports',
  });
  t.strictSame(Object.keys(cluster.workers ?? {}), []);
});

t.test('a worker that ignores the close ends too, and a stubborn one is killed', async (t) => {
  const endings = async (kind: WorkerKind, closeGraceMs: number) => {
    const workers = await start(t, kind, { workers: 1, closeGraceMs });
    const reports: WorkerReport[] = [];
    workers.on('worker.ended', (report) => reports.push(report));
    await workers.close();
    return reports;
  };
  t.match(await endings('careless', 60_000), [{ exitCode: 0, signal: null }]);
  t.match(await endings('stubborn', 500), [{ exitCode: null, signal: 'SIGKILL' }]);
});

t.test('a worker that was not forked by forkWorkers gets an error that says so', async (t) => {
  cluster.setupPrimary({ exec: fileURLToPath(WORKER), args: ['foreign'] });
  const worker = cluster.fork();
  const [refusals] = (await once(worker, 'message')) as [string[]];
  t.match(refusals, [
    /^This process is not a worker that forkWorkers started; call forkWorkers in/,
  ]);
  await once(worker, 'exit');
});

t.test('options out of bounds are refused, and named', async (t) => {
  for (const workers of [0, 257, 1.5, NaN, '2']) {
    await t.rejects(forkWorkers({ workers: workers as number }), {
      code: 'ERR_RPCUDP_OPTION',
      message: `The option 'workers' must be an integer from 1 to 256, but is ${workers}`,
    });
  }
  await t.rejects(forkWorkers({ closeGraceMs: -1 }), {
    message: /^The option 'closeGraceMs' must be an integer from 0 to 2147483647, but is -1/,
  });
  await t.rejects(forkWorkers({ cores: 2 } as ForkWorkersOptions), {
    message: /^The option 'cores' is not known; the options of forkWorkers are workers, exec, /,
  });
});

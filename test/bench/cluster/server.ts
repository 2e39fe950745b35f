/**
 * Cluster server: a server of the cluster benchmark. `server.js alone`, `server.js reusePort
 * <port>` beside others at that port, or `server.js cluster <workers>`, which forks workers that
 * also run this module.
 */
import cluster from 'node:cluster';
import { createEndpoint } from 'rpcudp';
import { forkWorkers, joinCluster } from 'rpcudp/cluster';

/** What the benchmark gets when everything is open. */
export interface Served {
  readonly port: number;
  /** The processes that serve there. */
  readonly pids: readonly number[];
}

const HOST = '127.0.0.1';
const WORK_MICROS = 100;

const [mode = 'alone', number = '0'] = process.argv.slice(2);

if (cluster.isWorker) {
  const member = await joinCluster();
  const endpoint = await serve({ transport: member.transport({ host: HOST, port: 0 }) });
  member.onClose(() => endpoint.close());
} else if (mode === 'cluster') {
  const workers = await forkWorkers({ workers: Number(number) });
  tell({ port: workers.addresses[0]?.port ?? 0, pids: workers.pids.map((pid) => pid ?? 0) });
  process.on('disconnect', () => void workers.close());
} else {
  const reusePort = mode === 'reusePort';
  const endpoint = await serve({ host: HOST, port: Number(number), reusePort });
  tell({ port: endpoint.address.port, pids: [process.pid] });
  process.on('disconnect', () => void endpoint.close());
}

function tell(served: Served): void {
  process.send?.(served);
}

function serve(place: Parameters<typeof createEndpoint>[0]) {
  return createEndpoint({
    ...place,
    handlers: {
      echo: (_scope, text: string) => text,
      work: (_scope, text: string) => {
        keepBusy();
        return text;
      },
    },
  });
}

/** Costs as much CPU time as a procedure that computes something. */
function keepBusy(): void {
  const endMs = performance.now() + WORK_MICROS / 1_000;
  while (performance.now() < endMs);
}

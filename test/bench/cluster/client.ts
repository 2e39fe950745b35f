/**
 * Cluster client: the clients of the cluster benchmark, in a separate process. They are many raw
 * sockets, so that there are many addresses to distribute, with little work for each call. Runs a
 * round when it is told to.
 */
import { encode } from '@msgpack/msgpack';
import { rawClient } from '../raw-client.js';

/** What to do in a round. */
export interface ClusterRound {
  readonly port: number;
  readonly procedure: 'echo' | 'work';
  readonly sockets: number;
  readonly inFlightEach: number;
  readonly durationMs: number;
}

/** Keeps calls in flight for a while. Returns how many were answered. */
async function run({ port, procedure, ...round }: ClusterRound): Promise<number> {
  const request = Buffer.concat([Buffer.alloc(21), encode([procedure, ['Snake Plissken']])]);
  const clients = await Promise.all(
    Array.from({ length: round.sockets }, () => rawClient(port, request)),
  );
  let answers = 0;
  const startedMs = performance.now();
  const endMs = startedMs + round.durationMs;
  for (const client of clients) {
    for (let lane = 0; lane < round.inFlightEach; lane++) {
      // A lost datagram ends its lane, but never the round.
      void (async () => {
        while (performance.now() < endMs) {
          await client.call();
          if (performance.now() < endMs) answers += 1;
        }
      })();
    }
  }
  await new Promise((resolve) => setTimeout(resolve, round.durationMs + 200));
  for (const client of clients) client.close();
  return answers;
}

process.on(
  'message',
  (round: ClusterRound) => void run(round).then((answers) => process.send?.(answers)),
);
process.on('disconnect', () => process.exit());
process.send?.('ready');

/** One worker of the demo: it serves the port that it shares with the others. */
import { createEndpoint } from 'rpcudp';
import { joinCluster } from 'rpcudp/cluster';

const cluster = await joinCluster();
let served = 0;
const endpoint = await createEndpoint({
  transport: cluster.transport({ host: '127.0.0.1', port: Number(process.argv[2] ?? 0) }),
  handlers: {
    whoServes: () => `worker ${String(cluster.slot)}, as its request number ${String(++served)}`,
  },
});
cluster.onClose(() => endpoint.close());

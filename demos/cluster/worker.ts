/** Worker: one process of the cluster demo. It serves the port that all workers share. */
import { createEndpoint } from 'rpcudp';
import { joinCluster } from 'rpcudp/cluster';
import { feedInspector } from 'rpcudp/inspector';

const cluster = await joinCluster();
let served = 0;
const endpoint = await createEndpoint({
  transport: cluster.transport({ host: '127.0.0.1', port: 0 }),
  handlers: {
    whoServes: () => `worker ${String(cluster.slot)}, as its request number ${String(++served)}`,
  },
});
const [inspectorUrl] = process.argv.slice(2);
const feed = inspectorUrl === undefined ? undefined : feedInspector(endpoint, inspectorUrl);
cluster.onClose(async () => {
  await endpoint.close();
  await feed?.close();
});

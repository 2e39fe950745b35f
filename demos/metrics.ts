/** `--metrics` of the demos: a page for Prometheus, on this machine alone. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import type { AnyEndpoint } from 'rpcudp';
import { prometheus } from 'rpcudp/metrics';

const HOST = '127.0.0.1';
const PATH = '/metrics';

/** A page that is being served. */
export interface MetricsPage {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the metrics of endpoints, each under its name.
 *
 * @param port the TCP port, or 0 for any free one
 */
export async function serveMetrics(
  endpoints: Readonly<Record<string, AnyEndpoint>>,
  port: number,
): Promise<MetricsPage> {
  const registry = new Registry();
  for (const [name, endpoint] of Object.entries(endpoints))
    prometheus(endpoint, registry, { name });
  const server = createServer((request, response) => {
    if (request.url !== PATH) {
      response.writeHead(404).end();
      return;
    }
    void registry.metrics().then((text) => {
      response.writeHead(200, { 'content-type': registry.contentType }).end(text);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${String(bound)}${PATH}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

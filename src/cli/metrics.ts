/** `--metrics`: serves the metrics of the endpoint to Prometheus, over HTTP, on this machine alone. */
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { formatAddress, parseBindAddress } from '../address/address.js';
import type { SocketAddress } from '../address/address.js';
import type { AnyEndpoint } from '../api/endpoint.js';
import { ArgumentError } from '../legible/argument-error.js';
import type { World } from './world.js';

export interface MetricsOptions {
  /** The TCP port; 0 for any free one. */
  readonly metrics?: number;
}

/** Disposed after the endpoint has closed. */
export interface CommandMetrics extends AsyncDisposable {
  /** Serves the metrics of the endpoint from now on, if the user asked for it. */
  attach(endpoint: AnyEndpoint): void;
}

/** Counts tell what a service does, so others must not read them unasked. */
const HOST = '127.0.0.1';
const PATH = '/metrics';

/** Few programs scrape a service. */
const MAX_CONNECTIONS = 32;
const MAX_HEADER_BYTES = 8 * 1024;
const REQUEST_TIMEOUT_MS = 5_000;

/** @throws MissingPackageError without prom-client; ArgumentError, AddressError for the port. */
export async function openMetrics(
  world: World,
  { metrics: port }: MetricsOptions,
): Promise<CommandMetrics> {
  if (port === undefined) {
    return { attach: () => undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  // Loaded only on demand, so that the command starts without them.
  const { MissingPackageError, prometheus } = await import('../metrics/index.js');
  const { Registry } = await import('prom-client').catch((error: unknown) => {
    throw new MissingPackageError('--metrics', 'prom-client', error);
  });
  const registry = new Registry();
  const server = await listen(parseBindAddress({ host: HOST, port }), handlerOf(registry));
  const { port: bound } = server.address() as AddressInfo;
  world.stderr.print(`metrics: http://${formatAddress({ host: HOST, port: bound })}${PATH}`);
  return {
    attach(endpoint) {
      prometheus(endpoint, registry);
    },
    async [Symbol.asyncDispose]() {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await ended;
    },
  };
}

function handlerOf(registry: Registry): RequestListener {
  return (request, response) => {
    if (request.url !== PATH || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => {
        response.writeHead(200, { 'content-type': registry.contentType }).end(text);
      },
      () => {
        response.writeHead(500).end();
      },
    );
  };
}

async function listen(address: SocketAddress, handler: RequestListener): Promise<Server> {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: REQUEST_TIMEOUT_MS,
    },
    handler,
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(new ArgumentError(`--metrics ${address.port}: ${reasonOf(error)}`));
    });
    server.listen(address, resolve);
  });
  // From now on, a connection that cannot be accepted must not end the command.
  server.on('error', () => undefined);
  return server;
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return 'the port is in use; choose another, or 0 for any free one';
  return code === 'EACCES' ? 'permission denied; ports below 1024 may need privileges' : message;
}

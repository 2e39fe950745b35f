/** Reuse port: whether this runtime can bind several sockets to one address. */
import { OptionError } from '../errors.js';
import { isForeign } from './foreign-socket.js';

/** Node.js has `reusePort` from 22.12 and from 23.1. Older versions silently ignore it. */
const FIRST_VERSIONS = { 22: 12, 23: 1 } as const;

/** Whether `dgram` of this Node.js version knows `reusePort`. The system may still refuse it. */
export function hasReusePort(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  if (major === 22 || major === 23) return minor >= FIRST_VERSIONS[major];
  return major > 23;
}

/** @throws OptionError that names what has `reusePort`. */
export function requireReusePort(
  nodeVersion: string = process.versions.node,
  isForeignRuntime: boolean = isForeign(),
): void {
  if (isForeignRuntime) {
    throw new OptionError(
      'reusePort',
      'needs Node.js or Bun: sockets of this runtime share no port',
    );
  }
  if (hasReusePort(nodeVersion)) return;
  throw new OptionError(
    'reusePort',
    `needs Node.js 22.12, 23.1 or later, but this is ${nodeVersion}; rpcudp/cluster can share a port without it`,
  );
}

/** `reusePort`: several sockets at one address, if this Node can do it. */
import { OptionError } from '../errors.js';

/** Node.js `dgram` has `reusePort` from 22.12 and from 23.1 on; an older one ignores it without a word. */
const FIRST_VERSIONS = { 22: 12, 23: 1 } as const;

/** Whether dgram of this version of Node knows `reusePort`. The system may still refuse it. */
export function hasReusePort(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  if (major === 22 || major === 23) return minor >= FIRST_VERSIONS[major];
  return major > 23;
}

/** @throws OptionError saying which Node it needs. */
export function requireReusePort(nodeVersion: string = process.versions.node): void {
  if (hasReusePort(nodeVersion)) return;
  throw new OptionError(
    'reusePort',
    `needs Node.js 22.12, 23.1 or later, and this is ${nodeVersion}; rpcudp/cluster shares a port without it`,
  );
}

/** Kernel drops: reads how many datagrams the kernel dropped for a socket, on Linux. */
import { endianness } from 'node:os';
import { canonicalHost, type SocketAddress } from '../address/address.js';
import { systemFile, type ReadFile } from './system-file.js';

/** The byte order of the 32-bit words in which the kernel writes addresses. */
type ByteOrder = ReturnType<typeof endianness>;

/** Columns of the table. `tx_queue` and `rx_queue` are one, and so are `tr` and `tm->when`. */
const LOCAL_ADDRESS = 1;
const INODE = 9;
const DROPS = 12;

const ADDRESS_AND_PORT = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/;
const COUNT = /^[0-9]{1,10}$/;

/**
 * How many datagrams for the UDP socket bound to `address` the kernel dropped, usually because the
 * receive buffer was full. Undefined if the system does not report it. The count wraps at 2^32.
 * Never throws.
 *
 * Reading takes about 0.1 ms, and about 4 µs more for each UDP socket of the machine.
 */
export function kernelDropsOf(
  address: SocketAddress,
  readFile: ReadFile = systemFile,
): number | undefined {
  try {
    const table = readFile(address.host.includes(':') ? '/proc/net/udp6' : '/proc/net/udp');
    return dropsInTable(table, address, endianness());
  } catch {
    return undefined;
  }
}

/**
 * The drop count of the socket bound to `address`, from the text of `/proc/net/udp` or `udp6`
 * (Linux, `udp4_format_sock` in net/ipv4/udp.c). Undefined if the table does not have the socket or
 * its count, or if several sockets share the address (`reusePort`), because the table does not tell
 * which one is this process's.
 */
export function dropsInTable(
  table: string,
  { host, port }: SocketAddress,
  byteOrder: ByteOrder,
): number | undefined {
  // The table has no scopes: it lists `fe80::1%eth0` as `fe80::1`.
  const [unscoped = ''] = host.split('%');
  let found: readonly string[] | undefined;
  for (const line of table.split('\n')) {
    const row = line.trim().split(/\s+/);
    const [, hex = '', hexPort = ''] = ADDRESS_AND_PORT.exec(row[LOCAL_ADDRESS] ?? '') ?? [];
    if (hex === '' || parseInt(hexPort, 16) !== port) continue;
    if (hostOf(hex, byteOrder) !== unscoped) continue;
    // The kernel returns the table in pieces, and may repeat a row in the next piece.
    if (found !== undefined && found[INODE] !== row[INODE]) return undefined;
    found = row;
  }
  const drops = found?.[DROPS] ?? '';
  return COUNT.test(drops) ? Number(drops) : undefined;
}

/** `0100007F` is 127.0.0.1 on a little-endian machine. */
function hostOf(hex: string, byteOrder: ByteOrder): string {
  const bytes = Buffer.from(hex, 'hex');
  if (byteOrder === 'LE') bytes.swap32();
  if (bytes.length === 4) return bytes.join('.');
  return canonicalHost(bytes.toString('hex').replace(/.{4}(?!$)/g, '$&:'));
}

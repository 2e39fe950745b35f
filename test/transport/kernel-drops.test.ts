import fc from 'fast-check';
import t from 'tap';
import { formatAddress } from '../../src/address/address.js';
import { dropsInTable, kernelDropsOf } from '../../src/transport/kernel-drops.js';

/** As Linux 6.18 on x86-64 printed them. */
const UDP = `\
   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            
 1127: 0100007F:A0F3 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 16423 2 00000000d0b93b56 0        
 1128: 020200C0:A0F3 0100007F:0035 01 00000000:00000000 00:00000000 00000000  1000        0 16424 2 0000000012345678 17       
 2012: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 16430 2 0000000012345679 4294967295
`;
const UDP6 = `\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 1130: 00000000000000000000000001000000:A0F3 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 16425 2 00000000d0b93b56 3
 1131: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 16426 2 00000000d0b93b56 4
 1132: 000080FE00000000FF00FC000100 00FE:0051 garbage
 1133: 000080FE00000000FF00FC00010000FE:0051 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 16427 2 00000000d0b93b56 5
`;

t.test('a socket is found by the address and port that it is bound to', async (t) => {
  for (const [table, host, port, drops] of [
    [UDP, '127.0.0.1', 41_203, 0],
    [UDP, '192.0.2.2', 41_203, 17],
    [UDP, '0.0.0.0', 68, 2 ** 32 - 1],
    [UDP, '127.0.0.1', 53, undefined],
    [UDP, '10.0.0.1', 41_203, undefined],
    [UDP6, '::1', 41_203, 3],
    [UDP6, '::', 80, 4],
    [UDP6, 'fe80::fc:ff:fe00:1%eth0', 81, 5],
    [UDP6, '::2', 41_203, undefined],
  ] as const) {
    t.equal(dropsInTable(table, { host, port }, 'LE'), drops, formatAddress({ host, port }));
  }
});

t.test('two sockets at one address have no count, and one that is listed twice has', async (t) => {
  const row = (inode: number, drops: number) =>
    `1: 0100007F:0035 00000000:0000 07 0:0 00:0 0 0 0 ${inode} 2 0 ${drops}\n`;
  const at = { host: '127.0.0.1', port: 53 };
  t.equal(dropsInTable(row(8, 1) + row(9, 2), at, 'LE'), undefined);
  t.equal(dropsInTable(row(8, 1) + row(8, 2), at, 'LE'), 2);
});

t.test('a system without the table, or without the column, has no count', async (t) => {
  const at = { host: '127.0.0.1', port: 41_203 };
  const missing = () => {
    throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
  };
  t.equal(kernelDropsOf(at, missing), undefined);
  const asked: string[] = [];
  const empty = (path: string) => {
    asked.push(path);
    return '';
  };
  t.equal(kernelDropsOf(at, empty), undefined);
  t.equal(kernelDropsOf({ ...at, host: '::1' }, empty), undefined);
  t.strictSame(asked, ['/proc/net/udp', '/proc/net/udp6']);
  const old = UDP.replaceAll(/ [0-9a-f]{16} \d+ *$/gm, '');
  t.equal(dropsInTable(old, at, 'LE'), undefined, 'before Linux 2.6.27');
});

/** Writes a table as the kernel of a machine with this byte order does. */
function written(sockets: readonly AnySocket[], byteOrder: 'LE' | 'BE'): string {
  const rows = sockets.map(({ words, port, drops }, index) => {
    const bytes = Buffer.from(
      words.map((word) => word.toString(16).padStart(4, '0')).join(''),
      'hex',
    );
    if (byteOrder === 'LE') bytes.swap32();
    const hexPort = port.toString(16).padStart(4, '0');
    const local = `${bytes.toString('hex')}:${hexPort}`.toUpperCase();
    return ` ${index}: ${local} ${local} 07 0:0 00:0 0 0 0 ${index + 1} 2 0 ${drops}`;
  });
  return ['  sl  local_address', ...rows, ''].join('\n');
}

interface AnySocket {
  readonly words: readonly number[];
  readonly port: number;
  readonly drops: number;
}

const anySocket = (version: 4 | 6): fc.Arbitrary<AnySocket> => {
  const length = version === 4 ? 2 : 8;
  const anyWord = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  return fc.record({
    words: fc.array(anyWord, { minLength: length, maxLength: length }),
    port: fc.integer({ min: 1, max: 65_535 }),
    drops: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  });
};

function hostOf({ words }: AnySocket): string {
  const hex = words.map((word) => word.toString(16)).join(':');
  if (words.length === 2) return words.flatMap((word) => [word >> 8, word & 0xff]).join('.');
  return new URL(`http://[${hex}]`).hostname.slice(1, -1);
}

t.test('tables of kernels of either byte order are read', async (t) => {
  const isMapped = ({ words }: AnySocket) => words.length === 8 && words[5] === 0xffff;
  for (const version of [4, 6] as const) {
    t.doesNotThrow(() => {
      fc.assert(
        fc.property(
          fc.uniqueArray(anySocket(version), {
            maxLength: 20,
            selector: (socket) => `${hostOf(socket)} ${socket.port}`,
          }),
          fc.constantFrom('LE' as const, 'BE' as const),
          (sockets, byteOrder) => {
            const table = written(sockets, byteOrder);
            return sockets.every((socket) => {
              const at = { host: hostOf(socket), port: socket.port };
              return isMapped(socket) || dropsInTable(table, at, byteOrder) === socket.drops;
            });
          },
        ),
      );
    });
  }
});

t.test('any text gives a count or none, and never an error', async (t) => {
  const anyTable = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom(...UDP.split(/(?<=[ \n])/)), { maxLength: 60 })
      .map((pieces) => pieces.join('')),
  );
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(anyTable, (table) => {
        const drops = dropsInTable(table, { host: '127.0.0.1', port: 41_203 }, 'LE');
        return drops === undefined || (Number.isInteger(drops) && drops >= 0);
      }),
      { numRuns: 1_000 },
    );
  });
});

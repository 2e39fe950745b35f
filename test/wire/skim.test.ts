import { Decoder } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import type { DropReason } from '../../src/wire/drop-reason.js';
import { isDrop } from '../../src/wire/drop.js';
import { ODDITY, skim } from '../../src/wire/skim.js';

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

function reasonFor(hex: string): DropReason | 'sound' {
  const skimmed = skim(bytesOf(hex), 0);
  return isDrop(skimmed) ? skimmed.reason : 'sound';
}

t.test('hostile bodies are refused for the right reason', async (t) => {
  const table: readonly [string, DropReason, readonly string[]][] = [
    ['H11', 'reserved', ['c1', '92a161c1', '81a161c1', '81c1a1']],
    ['H12', 'truncated', ['ddffffffff', 'dfffffffff', 'df80000000']],
    ['H13', 'truncated', ['dd01ffffff', 'dd00000001', 'dc0001', '91', '81a161']],
    ['H15', 'truncated', ['dcffff'.repeat(2_730)]],
    [
      'H19',
      'depth',
      [`${'91'.repeat(8_000)}c0`, `${'81a161'.repeat(33)}c0`, `${'91'.repeat(32)}90`],
    ],
    ['items still due', 'truncated', ['9301c1', '93a161c1', '8201c1']],
    [
      'H22',
      'truncated',
      ['a56162', 'd9ff616263', 'daffff', 'dbffffffff', 'd9', 'da00', 'db000000'],
    ],
    ['H23', 'truncated', ['c4ff00', 'c5ffff', 'c6ffffffff', 'c4', 'c500', 'c6000000']],
    ['H24', 'truncated', ['c701', 'c8ffff05', 'c9ffffffff05', 'd8', 'd400', 'd4', 'd5', 'c70105']],
    ['H25', 'truncated', ['cd00', 'ce000000', 'cf00000000000000', 'ca000000', 'cb00000000000000']],
    ['H25', 'truncated', ['cc', 'd0', 'd100', 'd2000000', 'd300000000000000']],
    ['H26', 'key', ['81a95f5f70726f746f5f5f01', '91 82a16101d9095f5f70726f746f5f5f01']],
    [
      'H33',
      'utf8',
      ['92a1e2a26161', 'a1ff', 'a2c080', 'a3eda080', 'a4f4908080', '81a1ff01', 'a180'],
    ],
    [
      'timestamp',
      'timestamp',
      ['d5ff0000', 'd4ff00', 'd8ff' + '00'.repeat(16), 'c700ff', 'c703ff000000'],
    ],
    ['timestamp ns', 'timestamp', ['d7ffffffffff00000000', 'd7ffee6b280000000000']],
    ['timestamp ns', 'timestamp', ['c70cff3b9aca000000000000000000']],
    [
      'timestamp range',
      'timestamp',
      [
        'c70cff000000007fffffffffffffff',
        'c70cff000000008000000000000000',
        'c70cff000f4240000007dba8218000',
        'c70cff3b9ac9fffffff82457de7fff',
      ],
    ],
  ];
  for (const [id, reason, bodies] of table) {
    for (const body of bodies) t.equal(reasonFor(body), reason, `${id} ${body.slice(0, 40)}`);
  }
  t.equal(reasonFor(''), 'truncated');
});

t.test('what is unusual but valid is accepted', async (t) => {
  const bodies = [
    `${'91'.repeat(32)}c0`,
    `${'91'.repeat(31)}90`,
    '92a95f5f70726f746f5f5fc4095f5f70726f746f5f5f', // __proto__ as a value and as binary
    '81c4095f5f70726f746f5f5f01', // and as a binary key
    'd7ffee6b27fc00000000', // 999 999 999 ns
    'c70cff3b9ac9ff0000000000000000',
    'c70cff000f423f000007dba8218000', // the last second of a Date
    'c7010500', // ext 8 of one byte, type 5
    'd4fe00',
    'dc0000',
    'df00000000',
  ];
  for (const body of bodies) t.equal(reasonFor(body), 'sound', body.slice(0, 40));
});

t.test('the end is that of the value, whatever follows', async (t) => {
  for (const [value, trailing] of [
    ['c0', 'c1'],
    ['92a16190', '92a16190'],
    ['82a16101a162c402ffff', 'dd01ffffff'],
  ] as const) {
    t.match(skim(bytesOf(value + trailing), 0), { end: value.length / 2 });
    t.match(skim(bytesOf('ffff' + value + trailing), 2), { end: 2 + value.length / 2 });
  }
});

t.test('the visitor gets each item with its bytes, depth and role', async (t) => {
  const heard: unknown[] = [];
  skim(bytesOf('92 a161 81 a162 cd0100'), 0, (...item) => heard.push(item));
  t.strictSame(heard, [
    [0, 1, 0, false],
    [1, 3, 1, false],
    [3, 4, 1, false],
    [4, 6, 2, true],
    [6, 9, 2, false],
  ]);
});

t.test('what the decoder needs help with is reported', async (t) => {
  const table: readonly [keyof typeof ODDITY | 'none', readonly string[]][] = [
    ['none', ['c0', '00', 'ceffffffff', 'd2ffffffff', 'ca3fc00000', 'cb3ff8000000000000', '80']],
    ['none', ['d40561', 'c7030561 6263', 'd6ff00000001', '90', '93 01 91 02 a3616263']],
    ['integer64', ['cf0000000000000001', 'd3ffffffffffffffff', '91 91 cf0000000000000001']],
    ['binary', ['c400', 'c5000161', 'c600000000', '81 a161 c400']],
    [
      'key',
      ['81 01 c0', '81 c0 01', '81 c3 01', '81 d40561 01', '91 81 80 01', '82 a161 01 02 03'],
    ],
    ['index', ['81 a130 01', '81 a6313233343536 c0', '81 d90139 01', '91 81 a23061 01']],
    ['none', ['81 ab3131313131313131313131 01', '81 a161 a131', 'a131', '81 a0 31', '81 a12f 01']],
    ['byteOrderMark', ['a3efbbbf', 'd903efbbbf', '91 a4efbbbf61', '81 a3efbbbf 01']],
    ['none', ['a461efbbbf', 'a3efbbbe', 'a3efbcbf', 'a3ebbbbf']],
  ];
  for (const [oddity, bodies] of table) {
    const odd = oddity === 'none' ? 0 : ODDITY[oddity];
    for (const body of bodies) t.match(skim(bytesOf(body), 0), { odd }, `${oddity}: ${body}`);
  }
  const binaryKey = skim(bytesOf('82 c400 cf0000000000000001 a3efbbbf a130'), 0);
  const { integer64, binary, key, byteOrderMark } = ODDITY;
  t.match(binaryKey, { odd: integer64 | binary | key | byteOrderMark }, 'all that there is');
  t.match(skim(bytesOf('c0 c400'), 0), { odd: 0 }, 'what follows the value is none of it');
  t.match(skim(bytesOf('c0'), 0), { odd: 0 }, 'nor is what came before');
});

t.test('the entries of maps are counted if there can be equal keys', async (t) => {
  for (const [body, entries] of [
    ['c0', 0],
    ['80', 0],
    ['81 a161 c0', 0],
    ['82 a161 c0 a162 c0', 2],
    ['de0003 a161 c0 a162 c0 a163 81 a161 c0', 3],
    ['92 82 a161 c0 a162 82 a161 c0 a162 c0 83 a161 c0 a162 c0 a163 c0', 7],
  ] as const) {
    t.match(skim(bytesOf(body), 0), { entries }, body);
  }
});

t.test('a refusal takes no memory', async (t) => {
  const bodies = ['dd01ffffff', 'dcffff'.repeat(2_730), `${'91'.repeat(8_000)}c0`].map(bytesOf);
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 1_000; round += 1) for (const body of bodies) skim(body, 0);
  const grown = process.memoryUsage().heapUsed - before;
  t.ok(grown < 2_000_000, `3000 refusals took ${grown} bytes of heap`);
});

/** Accepts what the library can read: 64-bit integers, and keys of every type. */
const library = new Decoder({ useBigInt64: true, mapKeyConverter: () => 'key' });

function decodesWhole(bytes: Uint8Array): boolean {
  try {
    library.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Random bytes, and bytes in which arrays, maps and short strings are likely. */
const body = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          0x91,
          0x92,
          0x81,
          0x82,
          0xa0,
          0xa1,
          0xa2,
          0xc0,
          0xc4,
          0xd6,
          0xd7,
          0xff,
          0xdc,
        ),
        fc.constantFrom(0xc7, 0xca, 0xcf, 0xd3, 0xd9, 0xde, 0x00, 0x01, 0x02, 0x0c, 0x61, 0xe2),
        fc.nat(255),
      ),
      { maxLength: 40 },
    )
    .map((bytes) => Uint8Array.from(bytes)),
);

t.test('the library decodes everything that is accepted', async () => {
  fc.assert(
    fc.property(body, (bytes) => {
      const skimmed = skim(bytes, 0);
      return isDrop(skimmed) || decodesWhole(bytes.subarray(0, skimmed.end));
    }),
    { numRuns: 20_000 },
  );
});

t.test('what the library decodes is refused only where the library is too lenient', async () => {
  const stricter: readonly DropReason[] = ['depth', 'utf8', 'timestamp'];
  fc.assert(
    fc.property(body, (bytes) => {
      if (!decodesWhole(bytes)) return true;
      const skimmed = skim(bytes, 0);
      return isDrop(skimmed) ? stricter.includes(skimmed.reason) : skimmed.end === bytes.length;
    }),
    { numRuns: 20_000 },
  );
});

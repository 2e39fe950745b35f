import t from 'tap';
import { runCommand } from '../fixtures/command.js';

const ID = '000102030405060708090a0b0c0d0e0f10111213';

const decode = (...words: string[]) => runCommand(['decode', ...words]);

t.test('a datagram is explained row by row', async (t) => {
  const { exitCode, stdout, stderr } = await decode(`00${ID}92a573617968699181a16bc3c0`);
  t.equal(exitCode, 0);
  t.equal(stderr, '');
  t.equal(
    stdout,
    [
      ' 0  00                       type          request',
      ` 1  00 01 02 03 04 05 06 07  id            ${ID}`,
      ' 9  08 09 0a 0b 0c 0d 0e 0f',
      '17  10 11 12 13',
      '21  92                       fixarray      2 items',
      '22  a5 73 61 79 68 69          fixstr      "sayhi"',
      '28  91                         fixarray    1 item',
      '29  81                           fixmap    1 entry',
      '30  a1 6b                          fixstr  key "k"',
      '32  c3                             true    true',
      '33  c0                       ignored       bytes after the body',
      '',
    ].join('\n'),
  );
});

t.test('white space, colons and 0x are ignored, and case does not matter', async (t) => {
  const plain = await decode(`01${ID}c0`);
  const pasted = await decode('0x01:00', ` 0X01\n02 ${ID.slice(6).toUpperCase()}`, '0xC0');
  t.equal(plain.exitCode, 0);
  t.same(pasted, plain);
});

t.test('a bundle is explained frame by frame, each with its faults', async (t) => {
  const frames = [`c41c00${ID}92a17890810001`, 'c40101', `c41604${ID}90`];
  const { exitCode, stdout } = await decode(`04${'00'.repeat(20)}dc0003${frames.join('')}`);
  t.equal(exitCode, 0);
  t.equal(
    stdout,
    [
      ' 0  04                       type            bundle',
      ' 1  00 00 00 00 00 00 00 00  id              0000000000000000000000000000000000000000',
      ' 9  00 00 00 00 00 00 00 00',
      '17  00 00 00 00',
      '21  dc 00 03                 array 16        3 items',
      '24  c4 1c                      bin 8         a frame of 28 bytes',
      '26  00                           type        request',
      '27  00 01 02 03 04 05 06 07      id          000102030405060708090a0b0c0d0e0f10111213',
      '35  08 09 0a 0b 0c 0d 0e 0f',
      '43  10 11 12 13',
      '47  92                           fixarray    2 items',
      '48  a1 78                          fixstr    "x"',
      '50  90                             fixarray  0 items',
      '51  81 00 01                     header map  version 1',
      '54  c4 01                      bin 8         a frame of 1 byte',
      '56  01                           type        response',
      '57                               fault       dropped as tooShort: a datagram has at least 22 bytes: a type, an id and a body',
      '57  c4 16                      bin 8         a frame of 22 bytes',
      '59  04 00 01 02 03 04 05 06      fault       dropped as shape: not what this type of datagram carries; a bundle holds no bundles',
      '67  07 08 09 0a 0b 0c 0d 0e',
      '75  0f 10 11 12 13 90',
      '',
    ].join('\n'),
  );
});

t.test('a datagram that peers drop is explained up to the fault', async (t) => {
  const truncated = await decode(`01${ID}dd01ffffff`);
  t.equal(truncated.exitCode, 0);
  t.match(truncated.stdout, /^26 +fault +dropped as truncated: /m);
  t.match((await decode('0100')).stdout, /^1 {2}00 +fault +dropped as tooShort: /m);
  t.match((await decode('')).stdout, /^0 +fault +dropped as tooShort: /m);
});

t.test('text in a datagram cannot control the terminal', async (t) => {
  const { stdout } = await decode(`01${ID}a41b5b324a`);
  t.match(stdout, '"\\u{1b}[2J"');
  t.notMatch(stdout, '\u001b');
});

t.test('text that is not hexadecimal is refused in a sentence', async (t) => {
  const refused: readonly (readonly [words: string[], message: string])[] = [
    [['012'], '"012" has an odd number of hexadecimal digits, 3; a byte has two'],
    [['01', 'zz'], '"01 zz" is not hexadecimal: it has "z"'],
    [['01\u001b'], '"01\\u{1b}" is not hexadecimal: it has "\\u{1b}"'],
    [['💩'], '"💩" is not hexadecimal: it has "💩"'],
    [['g'.repeat(200)], `"${'g'.repeat(64)}…" is not hexadecimal: it has "g"`],
  ];
  for (const [words, message] of refused) {
    t.strictSame(await decode(...words), {
      exitCode: 1,
      stdout: '',
      stderr: `error: ${message}\n`,
    });
  }
});

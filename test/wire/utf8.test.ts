import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import t from 'tap';
import { isUtf8Range } from '../../src/wire/utf8.js';

t.test(
  'every pair of bytes, and every lead byte with boundary followers, is judged as by Node.js',
  async (t) => {
    const followers = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
    const wrong: string[] = [];
    const check = (bytes: Buffer): void => {
      if (isUtf8Range(bytes, 0, bytes.length) !== isUtf8(bytes)) wrong.push(bytes.toString('hex'));
    };
    for (let lead = 0; lead < 256; lead += 1) {
      check(Buffer.of(lead));
      for (let second = 0; second < 256; second += 1) check(Buffer.of(lead, second));
      for (const second of followers) {
        for (const third of followers) {
          check(Buffer.of(lead, second, third));
          for (const fourth of followers) check(Buffer.of(lead, second, third, fourth));
        }
      }
    }
    t.strictSame(wrong, []);
  },
);

t.test('text and bytes of any length are judged as by Node.js', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ unit: 'binary', maxLength: 100 }).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(bytes, fc.nat(200), (all, cut) => {
      const end = Math.min(cut, all.length);
      return isUtf8Range(all, 0, end) === isUtf8(all.subarray(0, end));
    }),
    { numRuns: 2_000 },
  );
});

import fc from 'fast-check';
import t from 'tap';
import {
  DOOR_KEY_BYTES,
  letterBytes,
  MAX_LETTER_BYTES,
  openEnvelope,
  sealEnvelope,
} from '../../src/cluster/envelope.js';

const KEY = Buffer.from('0123456789abcdef');

const letter = fc.record({
  datagram: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  host: fc.constantFrom('10.0.0.1', '2001:db8::1', 'fe80::1%eth0'),
  port: fc.nat(65_535),
});
const letters = fc.array(letter, { minLength: 1, maxLength: 20 });

t.test('an envelope gives back what was put into it', async () => {
  fc.assert(
    fc.property(letters, (letters) => {
      const envelope = sealEnvelope(KEY, letters);
      const bytes = letters.reduce((sum, one) => sum + letterBytes(one), DOOR_KEY_BYTES);
      if (envelope.length !== bytes) return false;
      const opened = openEnvelope(envelope, KEY) ?? [];
      return (
        opened.length === letters.length &&
        opened.every(({ datagram, host, port }, index) => {
          const sent = letters[index];
          return sent?.datagram.equals(datagram) && sent.host === host && sent.port === port;
        })
      );
    }),
  );
});

t.test('an envelope without the right key is not opened, whichever byte is wrong', async (t) => {
  const envelope = sealEnvelope(KEY, [{ datagram: Buffer.from('x'), host: '10.0.0.1', port: 1 }]);
  t.ok(openEnvelope(envelope, KEY));
  for (let index = 0; index < DOOR_KEY_BYTES; index++) {
    const forged = Buffer.from(envelope);
    forged[index] = (forged[index] ?? 0) ^ 1;
    t.equal(openEnvelope(forged, KEY), undefined, `byte ${index}`);
  }
});

t.test('an envelope that is cut anywhere is invalid, or has fewer letters', async () => {
  fc.assert(
    fc.property(letters, (letters) => {
      const envelope = sealEnvelope(KEY, letters);
      const ends = new Set<number>();
      letters.reduce((sum, one) => (ends.add(sum), sum + letterBytes(one)), DOOR_KEY_BYTES);
      ends.delete(DOOR_KEY_BYTES);
      for (let end = 0; end < envelope.length; end++) {
        const opened = openEnvelope(envelope.subarray(0, end), KEY);
        if ((opened !== undefined) !== ends.has(end)) return false;
      }
      return true;
    }),
    { numRuns: 30 },
  );
});

t.test('with any bytes after the key, opening never throws or reads beyond the end', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const opened = openEnvelope(Buffer.concat([KEY, bytes]), KEY) ?? [];
      return opened.reduce((sum, one) => sum + letterBytes(one), 0) <= bytes.length;
    }),
  );
});

t.test('the largest letter fits into a datagram of IPv4', async (t) => {
  const host = '10.0.0.1';
  const room = MAX_LETTER_BYTES - letterBytes({ datagram: Buffer.alloc(0), host, port: 1 });
  const datagram = Buffer.alloc(room, 7);
  const envelope = sealEnvelope(KEY, [{ datagram, host, port: 1 }]);
  t.equal(envelope.length, 65_507);
  t.ok(openEnvelope(envelope, KEY)?.[0]?.datagram.equals(datagram));
});

import t from 'tap';
import { namesOf } from '../../src/vocabulary.js';
import { DROP, isDrop } from '../../src/wire/drop.js';
import { MAX_DATAGRAM_BYTES, readFrame } from '../../src/wire/frame.js';
import { FRAME_TYPES, TYPE_BYTE, typeOfByte } from '../../src/wire/frame-type.js';
import { datagramOf, TEST_ID } from '../fixtures/msgpack-values.js';
import { sampleFrame } from '../fixtures/sample-frame.js';

t.test('a frame gives type, id and the datagram itself', async (t) => {
  for (const [byte, type] of [
    [0, 'request'],
    [1, 'response'],
    [2, 'error'],
    [3, 'cancel'],
    [4, 'bundle'],
    [5, 'working'],
    [6, 'challenge'],
    [10, 'probe'],
    [11, 'present'],
  ] as const) {
    const datagram = datagramOf(byte, 'c1');
    const frame = readFrame(datagram);
    t.match(frame, { type, id: TEST_ID });
    t.equal(!isDrop(frame) && frame.datagram, datagram);
  }
});

t.test('a datagram of fewer than 22 bytes is too short (H01–H03)', async (t) => {
  for (let length = 0; length < 22; length += 1) {
    t.equal(readFrame(Buffer.alloc(length)), DROP.tooShort, `${length} bytes`);
  }
});

t.test('each type has its own byte', async (t) => {
  for (const type of namesOf(FRAME_TYPES)) {
    t.match(readFrame(sampleFrame(type)), { type });
    t.equal(typeOfByte(FRAME_TYPES[type].byte), type);
  }
});

t.test('every other type byte to 0xff is unknown (H04)', async (t) => {
  const known = new Set<number>(Object.values(TYPE_BYTE));
  for (let type = 0; type <= 0xff; type += 1) {
    if (known.has(type)) continue;
    t.equal(typeOfByte(type), undefined);
    t.equal(readFrame(datagramOf(type, 'c0')), DROP.unknownType, `type ${type}`);
  }
});

t.test(
  "a request ends 512 bytes after the largest body, a response at UDP's limit (H05, H06)",
  async (t) => {
    t.match(readFrame(datagramOf(0, 'c0'.repeat(8_192 + 512))), { type: 'request' });
    t.equal(readFrame(datagramOf(0, 'c0'.repeat(8_192 + 513))), DROP.tooLong);
    t.equal(readFrame(Buffer.alloc(MAX_DATAGRAM_BYTES)), DROP.tooLong);
    t.match(readFrame(Buffer.alloc(MAX_DATAGRAM_BYTES, 1)), { type: 'response' });
  },
);

t.test('an id is 40 hexadecimal digits', async (t) => {
  t.match(readFrame(datagramOf(0, 'c0')), { id: TEST_ID });
});

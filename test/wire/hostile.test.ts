import t from 'tap';
import { isDrop } from '../../src/wire/drop.js';
import { decodeErrorReply } from '../../src/wire/error-reply.js';
import { explainDatagram } from '../../src/wire/explain.js';
import { readFrame } from '../../src/wire/frame.js';
import { decodeRequest, encodeRequest } from '../../src/wire/request.js';
import { decodeResponse, encodeResponse } from '../../src/wire/response.js';
import { TEST_ID } from '../fixtures/msgpack-values.js';

/** Reads a datagram as an endpoint does; what it gives is a message or a drop, never an exception. */
function read(datagram: Buffer): object {
  const frame = readFrame(datagram);
  if (isDrop(frame)) return frame;
  if (frame.type === 'request') return decodeRequest(datagram);
  return frame.type === 'response' ? decodeResponse(datagram) : decodeErrorReply(datagram);
}

const value = [
  1,
  'two',
  { three: 3.5, bytes: Buffer.of(1, 2) },
  2 ** 40,
  new Date(1_700_000_000_123),
];
const frames = [encodeRequest(TEST_ID, 'find', value), encodeResponse(TEST_ID, value)];

t.test('every prefix of a datagram is a drop (H09)', async (t) => {
  for (const frame of frames) {
    for (let length = 0; length < frame.length; length += 1) {
      const reason = length < 22 ? 'tooShort' : 'truncated';
      t.match(read(frame.subarray(0, length)), { type: 'drop', reason }, `${length} bytes`);
    }
  }
});

t.test('every flipped bit gives a message or a drop (H10)', async (t) => {
  for (const frame of frames) {
    for (let bit = 0; bit < frame.length * 8; bit += 1) {
      const flipped = Buffer.from(frame);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const got = read(flipped);
      t.ok(isDrop(got) ? got.reason !== 'undecodable' : true, `bit ${bit}`);
      explainDatagram(flipped);
    }
  }
});

t.test('hostile datagrams cost no memory, and pollute nothing', async (t) => {
  const bodies = ['dd01ffffff', 'dcffff'.repeat(2_730), `${'91'.repeat(8_000)}c0`, 'dfffffffff'];
  const datagrams = bodies.map((body) =>
    Buffer.concat([Buffer.of(0), Buffer.from(TEST_ID, 'latin1'), Buffer.from(body, 'hex')]),
  );
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 1_000; round += 1) {
    for (const datagram of datagrams) if (!isDrop(read(datagram))) t.fail('it was read');
  }
  const grown = process.memoryUsage().heapUsed - before;
  t.ok(grown < 8_000_000, `4000 datagrams took ${grown} bytes of heap`);
  t.strictSame(Object.getOwnPropertyNames(Object.prototype).includes('polluted'), false);
});

import t from 'tap';
import {
  interfaceBlock,
  packetBlock,
  sectionHeaderBlock,
} from '../../../src/inspector/capture/pcapng.js';

/** A block as in the draft: type, length, body, length again. */
interface Block {
  readonly type: number;
  readonly body: Buffer;
}

t.test('a section begins with its byte order, version 1.0 and no length', (t) => {
  const { type, body } = readBlock(t, sectionHeaderBlock('rpcudp 1', 'two endpoints'));
  t.equal(type, 0x0a0d0d0a);
  t.equal(body.readUInt32BE(0), 0x1a2b3c4d);
  t.equal(body.subarray(4, 8).toString('hex'), '00010000');
  t.equal(body.readBigInt64BE(8), -1n);
  t.same(readOptions(t, body.subarray(16)), [
    [1, 'two endpoints'],
    [4, 'rpcudp 1'],
  ]);
  t.end();
});

t.test('an interface has IP packets of any length, with times to the microsecond', (t) => {
  const { type, body } = readBlock(t, interfaceBlock({ name: 'clïent', description: 'process 7' }));
  t.equal(type, 1);
  t.equal(body.readUInt16BE(0), 101, 'LINKTYPE_RAW');
  t.equal(body.readUInt32BE(4), 0, 'no limit');
  t.same(readOptions(t, body.subarray(8)), [
    [2, 'clïent'],
    [3, 'process 7'],
    [9, '\u0006'],
  ]);
  t.end();
});

t.test('a packet has its time, its bytes and its comment', (t) => {
  for (const length of [0, 1, 2, 3, 4, 65_535]) {
    const bytes = Buffer.alloc(length, 0xa5);
    const { type, body } = readBlock(
      t,
      packetBlock({
        interfaceIndex: 3,
        direction: length % 2 === 0 ? 'in' : 'out',
        atMs: 1_795_435_200_123.4567,
        bytes,
        comment: 'sent',
      }),
    );
    t.equal(type, 6);
    t.equal(body.readUInt32BE(0), 3);
    t.equal(body.readBigUInt64BE(4), 1_795_435_200_123_457n, 'to the nearest microsecond');
    t.equal(body.readUInt32BE(12), length, 'captured');
    t.equal(body.readUInt32BE(16), length, 'original');
    t.ok(body.subarray(20, 20 + length).equals(bytes));
    const options = readOptions(t, body.subarray(20 + Math.ceil(length / 4) * 4));
    t.same(options, [
      [1, 'sent'],
      [2, length % 2 === 0 ? '\0\0\0\u0001' : '\0\0\0\u0002'],
    ]);
  }
  t.end();
});

t.test('text too long for an option is cut', (t) => {
  const { body } = readBlock(t, sectionHeaderBlock('x', 'y'.repeat(70_000)));
  t.equal(body.readUInt16BE(18), 0xffff);
  readOptions(t, body.subarray(16));
  t.end();
});

type Tap = Pick<typeof t, 'equal'>;

function readBlock(t: Tap, bytes: Buffer): Block {
  t.equal(bytes.length % 4, 0, 'a block is aligned to 32 bits');
  t.equal(bytes.readUInt32BE(4), bytes.length, 'its length before');
  t.equal(bytes.readUInt32BE(bytes.length - 4), bytes.length, 'and behind');
  return { type: bytes.readUInt32BE(0), body: bytes.subarray(8, -4) };
}

function readOptions(t: Tap, bytes: Buffer): (readonly [code: number, text: string])[] {
  const options: (readonly [number, string])[] = [];
  for (let offset = 0; ;) {
    const code = bytes.readUInt16BE(offset);
    const length = bytes.readUInt16BE(offset + 2);
    offset += 4;
    if (code === 0) {
      t.equal(offset, bytes.length, 'the end of options is the end of the block');
      return options;
    }
    options.push([code, bytes.toString('utf8', offset, offset + length)]);
    offset += Math.ceil(length / 4) * 4;
  }
}

import fc from 'fast-check';
import t from 'tap';
import { Capture } from '../../../src/inspector/capture/capture.js';
import { rebuildDatagram } from '../../../src/inspector/capture/datagram-bytes.js';
import type { RecordOf } from '../../../src/inspector/record.js';
import { bundledBytes, encodeBundle } from '../../../src/wire/bundle.js';
import { encodeResponse } from '../../../src/wire/response.js';
import {
  datagramRecord,
  endpointRecord,
  sampleTraffic,
  START_MS,
  transactionIdOf,
} from '../../fixtures/inspection-records.js';

/** The parts of a captured packet that these tests check. */
interface Packet {
  readonly interfaceIndex: number;
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly payload: Buffer;
  readonly comment: string;
}

const FRAMES = [1, 2, 3].map((number) => encodeResponse(transactionIdOf(number), number));
const [FIRST, SECOND, THIRD] = FRAMES.map((frame) => frame.toDatagram().toString('base64')) as [
  string,
  string,
  string,
];

t.test('each endpoint is an interface, and each datagram is a packet', (t) => {
  const records = sampleTraffic(1, 30);
  const capture = new Capture('test');
  for (const record of records) capture.add(record);
  const datagrams = records.filter((record) => record.type === 'datagram');
  const summary = capture.summary();
  t.same(summary, {
    endpoints: ['client', 'server'],
    ports: [1234, 5678],
    datagrams: datagrams.length,
    maskedFrames: 0,
    missingFrames: 0,
    refused: 0,
    leftOut: 0,
  });
  const packets = packetsOf(capture);
  t.equal(packets.length, datagrams.length);
  const byTime = datagrams.toSorted((one, other) => one.atMs - other.atMs);
  for (const [index, { endpoint, direction, frames }] of byTime.entries()) {
    const packet = packets[index];
    const own = endpoint === 'client' ? '127.0.0.1:5678' : '127.0.0.1:1234';
    t.equal(packet?.interfaceIndex, endpoint === 'client' ? 0 : 1);
    t.equal(direction === 'out' ? packet?.from : packet?.to, own);
    t.equal(packet?.payload.toString('base64'), frames[0]?.base64);
    t.ok(packet?.comment.startsWith(`${endpoint} ${direction === 'out' ? 'sent' : 'received: '}`));
  }
  t.end();
});

t.test('the capture can be of one endpoint only', (t) => {
  const capture = new Capture('test', 'server');
  for (const record of sampleTraffic(1, 5)) capture.add(record);
  const packets = packetsOf(capture);
  t.ok(packets.length > 0);
  t.ok(packets.every(({ interfaceIndex }) => interfaceIndex === 1));
  t.equal(capture.summary().datagrams, packets.length);
  t.equal(capture.summary().leftOut, 0, 'datagrams of other endpoints do not count as left out');
  t.end();
});

t.test('a bundle is rebuilt from the frames that are shown', (t) => {
  const whole = encodeBundle(
    FRAMES,
    FRAMES.reduce((sum, frame) => sum + bundledBytes(frame), 0),
  );
  const record = bundleRecord(whole.length, [FIRST, SECOND, THIRD]);
  t.ok(rebuildDatagram(record)?.bytes.equals(whole), 'the very bytes if all are');

  const [packet] = packetsOf(captureOf(bundleRecord(whole.length, [FIRST, THIRD])));
  const part = FRAMES.filter((_, index) => index !== 1);
  const bytes = part.reduce((sum, frame) => sum + bundledBytes(frame), 0);
  t.ok(packet?.payload.equals(encodeBundle(part, bytes)));
  t.equal(
    packet?.comment,
    `client received: response.matched ×2; kept 2 of 3 frames; ${whole.length} bytes on the wire`,
  );
  t.equal(captureOf(bundleRecord(whole.length, [FIRST])).summary().missingFrames, 2);
  t.end();
});

t.test('a bundle that could not be unpacked is unchanged', (t) => {
  const broken = Buffer.concat([Buffer.of(4), Buffer.alloc(20), Buffer.from('92c4', 'hex')]);
  const record = datagramRecord({
    direction: 'in',
    bundle: true,
    bytes: broken.length,
    frames: [{ base64: broken.toString('base64'), fate: 'malformed.truncated' }],
  });
  const [packet] = packetsOf(captureOf(record));
  t.ok(packet?.payload.equals(broken));
  t.equal(packet?.comment, 'client received: malformed.truncated');
  t.end();
});

t.test('the comment says what is masked, rebuilt or missing', (t) => {
  const masked = { base64: FIRST, masked: true } as const;
  const one = { bytes: Buffer.from(FIRST, 'base64').length, frames: [masked] };
  t.equal(packetsOf(captureOf(datagramRecord(one)))[0]?.comment, 'client sent; masked');
  t.equal(
    packetsOf(captureOf(datagramRecord({ ...one, bytes: 99, remade: true })))[0]?.comment,
    'client sent; masked; rebuilt from its call, which was recorded later; 99 bytes on the wire',
  );
  const two = [masked, { base64: SECOND }, { base64: '', masked: true } as const];
  const capture = captureOf(datagramRecord({ bundle: true, frameCount: 3, frames: two }));
  t.match(packetsOf(capture)[0]?.comment, /^client sent; kept 2 of 3 frames; 1 masked; /);
  t.match(capture.summary(), { maskedFrames: 1, missingFrames: 1, leftOut: 0 });
  t.end();
});

t.test('a datagram of which nothing is known is left out and counted', (t) => {
  const unknown: readonly Partial<RecordOf<'datagram'>>[] = [
    { frames: [{ base64: '', masked: true }] },
    { frames: [] },
    { endpoint: 'stranger' },
    { peer: '127.0.0.1:0' },
    { peer: 'nowhere' },
    { frames: [{ base64: Buffer.alloc(65_508).toString('base64') }] },
    { atMs: 1e300 },
    { atMs: 2 ** 64 / 1_000 },
    { atMs: -1 },
    { frameCount: 1e300 },
    { bundle: true, frames: new Array(70_000).fill({ base64: FIRST }) as { base64: string }[] },
    { bundle: true, frames: [{ base64: Buffer.alloc(65_536).toString('base64') }] },
  ];
  for (const fields of unknown) {
    const capture = captureOf(datagramRecord(fields));
    t.match(capture.summary(), { datagrams: 0, leftOut: 1 });
    t.same(packetsOf(capture), []);
  }
  t.end();
});

t.test('whatever a file says of a datagram, it is in the capture or counted', (t) => {
  const sizes = fc.constantFrom(0, 1, 255, 256, 65_485, 65_507, 65_536);
  const base64 = sizes.map((size) => Buffer.alloc(size, 1).toString('base64'));
  const number = fc.oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const fields = fc.record(
    {
      atMs: number,
      bytes: number.map(Math.abs),
      frameCount: number.map(Math.abs),
      bundle: fc.boolean(),
      frames: fc.array(fc.record({ base64: fc.oneof(base64, fc.string()), fate: fc.string() })),
      peer: fc.oneof(
        fc.constantFrom('[::1]:5', '1.2.3.4:5', '[fe80::1%eth0]:9', '[::ffff:1.2.3.4]:5'),
        fc.string(),
      ),
    },
    { requiredKeys: [] },
  );
  const own = fc.constantFrom('127.0.0.1:5678', '[::]:5678', '[2001:db8::2]:1', 'nowhere', ':0');
  fc.assert(
    fc.property(fc.array(fields), own, (records, address) => {
      const capture = new Capture('test');
      capture.add(endpointRecord({ address }));
      for (const record of records) capture.add(datagramRecord(record));
      const { datagrams, leftOut, missingFrames } = capture.summary();
      return (
        packetsOf(capture).length === datagrams &&
        datagrams + leftOut === records.length &&
        Number.isSafeInteger(Math.round(missingFrames))
      );
    }),
  );
  t.end();
});

t.test('an endpoint bound to all addresses gets one that suits its peer', (t) => {
  const table: readonly (readonly [own: string, peer: string, from: string])[] = [
    ['[::]:5678', '127.0.0.1:1234', '127.0.0.1:5678'],
    ['[::]:5678', '[::1]:1234', '0:0:0:0:0:0:0:1:5678'],
    ['[::]:5678', '10.0.0.1:1234', '0.0.0.0:5678'],
    ['[::]:5678', '[fe80::1%eth0]:1234', '0:0:0:0:0:0:0:0:5678'],
    ['0.0.0.0:5678', '127.1.2.3:1234', '127.0.0.1:5678'],
    ['0.0.0.0:5678', '10.0.0.1:1234', '0.0.0.0:5678'],
    ['10.0.0.2:5678', '10.0.0.1:1234', '10.0.0.2:5678'],
    ['[2001:db8::2]:5678', '[2001:db8::1]:1234', '2001:db8:0:0:0:0:0:2:5678'],
  ];
  for (const [address, peer, from] of table) {
    const capture = new Capture('test');
    capture.add(endpointRecord({ address }));
    capture.add(datagramRecord({ peer }));
    t.equal(packetsOf(capture)[0]?.from, from, `${address} to ${peer}`);
  }
  t.end();
});

t.test('packets are in the order of their times', (t) => {
  const times = [30, 10, 20].map((ms) => START_MS + ms);
  const capture = captureOf(...times.map((atMs) => datagramRecord({ atMs })));
  t.same(
    packetsOf(capture).map(({ atMs }) => atMs),
    times.toSorted(),
  );
  t.end();
});

function captureOf(...datagrams: readonly RecordOf<'datagram'>[]): Capture {
  const capture = new Capture('test');
  capture.add(endpointRecord());
  for (const record of datagrams) capture.add(record);
  return capture;
}

function bundleRecord(bytes: number, frames: readonly string[]): RecordOf<'datagram'> {
  const shown = frames.map((base64) => ({ base64, fate: 'response.matched' }));
  return datagramRecord({ direction: 'in', bundle: true, bytes, frameCount: 3, frames: shown });
}

/** Reads the packets of a capture. */
function packetsOf(capture: Capture): Packet[] {
  const blocks = [...capture.blocks()].filter((block) => block.readUInt32BE(0) === 6);
  return blocks.map((block) => {
    const length = block.readUInt32BE(20);
    const packet = block.subarray(28, 28 + length);
    const comment = 28 + Math.ceil(length / 4) * 4 + 4;
    const isV4 = packet[0] === 0x45;
    const udp = packet.subarray(isV4 ? 20 : 40);
    const host = (start: number): string =>
      isV4
        ? packet.subarray(12 + start * 4, 16 + start * 4).join('.')
        : Array.from({ length: 8 }, (_, word) =>
            packet.readUInt16BE(8 + start * 16 + word * 2).toString(16),
          ).join(':');
    return {
      interfaceIndex: block.readUInt32BE(8),
      atMs: Number(block.readBigUInt64BE(12)) / 1_000,
      from: `${host(0)}:${udp.readUInt16BE(0)}`,
      to: `${host(1)}:${udp.readUInt16BE(2)}`,
      payload: udp.subarray(8),
      comment: block.toString('utf8', comment, comment + block.readUInt16BE(comment - 2)),
    };
  });
}

t.test('a datagram that the system refused is not in the capture, and is counted', async (t) => {
  const capture = new Capture('test');
  capture.add(endpointRecord());
  capture.add(datagramRecord());
  capture.add(datagramRecord({ refused: 'EMSGSIZE' }));
  t.match(capture.summary(), { datagrams: 1, refused: 1, leftOut: 0 });
});

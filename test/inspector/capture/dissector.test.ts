import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { formatJson, isJson, parseJson } from '../../../src/legible/json.js';
import { udpPacket } from '../../../src/inspector/capture/ip-packet.js';
import { packetBlock } from '../../../src/inspector/capture/pcapng.js';
import { namesOf } from '../../../src/vocabulary.js';
import { isBundle, unpackBundle } from '../../../src/wire/bundle.js';
import { isDrop } from '../../../src/wire/drop.js';
import { encodeErrorReply } from '../../../src/wire/error-reply.js';
import { explainDatagram } from '../../../src/wire/explain.js';
import { HEADER_BYTES, MIN_DATAGRAM_BYTES, readFrame } from '../../../src/wire/frame.js';
import { FRAME_TYPES, TYPE_BYTE } from '../../../src/wire/frame-type.js';
import {
  challengeHeaderMap,
  ONE_WAY_HEADER_MAP,
  PLAIN_HEADER_MAP,
  replyHeaderMap,
  requestHeaderMap,
} from '../../../src/wire/header-map.js';
import { readHeaderMap } from '../../../src/wire/header-map-reader.js';
import { encodeHeaders } from '../../../src/wire/headers.js';
import { encodeRequest } from '../../../src/wire/request.js';
import { decodeResponse, encodeResponse } from '../../../src/wire/response.js';
import { encodeSignal } from '../../../src/wire/signal.js';
import { skim } from '../../../src/wire/skim.js';
import { hostileBody } from '../../fixtures/hostile-bytes.js';
import {
  bundleBytes,
  datagramBytes,
  hostileBundle,
  hostileDatagram,
} from '../../fixtures/hostile-datagrams.js';
import { DIFFERENT_KEYS, EQUAL_KEYS } from '../../fixtures/hostile-keys.js';
import { SOUND_BODIES, UNSOUND_BODIES } from '../../fixtures/hostile-table.js';
import { START_MS } from '../../fixtures/inspection-records.js';
import { datagramOf, faithfulValue, TEST_ID } from '../../fixtures/msgpack-values.js';
import { sampleFrame } from '../../fixtures/sample-frame.js';
import { bundle, request, withHeaderMap } from '../../fixtures/raw-peer.js';
import { tshark } from '../../fixtures/real-parts.js';
import { captureOf, dissect, dissectFile } from './tshark.js';

// Wireshark is the judge here: the dissector must say the same about a datagram as the codec does.

const { skip } = tshark();
const options = skip === undefined ? {} : { skip };
const PORTS = { ports: [1234, 5678] };
const ID = Buffer.from(TEST_ID, 'hex');
const SEED = 20_261_123;
/** The first byte after those in use, and the largest byte. */
const UNKNOWN_TYPES = [Math.max(...Object.values(TYPE_BYTE)) + 1, 0xff];

t.test('a name in binary is dissected as text, unless it is not UTF-8', options, (t) => {
  const [named, broken] = dissect(
    t,
    captureOf([datagramOf(0, '92c405736179686990'), datagramOf(0, '92c402fffe90')]),
    ['rpcudp.procedure', 'rpcudp.malformed'],
    PORTS,
  );
  t.match(named, { 'rpcudp.procedure': ['sayhi'], 'rpcudp.malformed': [] });
  t.match(broken, { 'rpcudp.procedure': [], 'rpcudp.malformed': [/^utf8/] });
  t.end();
});

t.test('headers of a request and of a reply are dissected', options, (t) => {
  const headers = encodeHeaders(
    { token: 'a"b', key: Uint8Array.of(0, 255) },
    400,
    () => new Error(),
  );
  if (headers === undefined) throw new Error('there are headers');
  const map = requestHeaderMap('00-ab', headers);
  const twice = Buffer.from('8200010782a161a162a161a163', 'hex');
  const datagrams = [
    encodeRequest(TEST_ID, 'sayhi', [], undefined, undefined, map).toDatagram(),
    encodeResponse(TEST_ID, 1, replyHeaderMap(headers)).toDatagram(),
    encodeResponse(TEST_ID, 1, twice).toDatagram(),
  ];
  const fields = ['rpcudp.headers', 'rpcudp.traceparent', 'rpcudp.version', 'rpcudp.ignored'];
  const [request, reply, unreadable] = dissect(t, captureOf(datagrams), fields, PORTS);
  const shown = ['{"token": "a\\"b", "key": "hex:00ff"}'];
  t.match(request, { 'rpcudp.headers': shown, 'rpcudp.traceparent': ['00-ab'] });
  t.match(reply, { 'rpcudp.headers': shown, 'rpcudp.version': ['1'] });
  t.match(unreadable, {
    ...{ 'rpcudp.headers': [], 'rpcudp.version': [] },
    'rpcudp.ignored': [twice.toString('hex')],
  });
  t.end();
});

t.test('datagrams of all types are dissected with their fields', options, (t) => {
  const sayhi = encodeRequest(TEST_ID, 'sayhi', ['Snake', 2n ** 60n], '00-ab-cd-01');
  sayhi.stamp(2, 1_500);
  const token = Buffer.from('0102030405060708', 'hex');
  const [asked, answered, failed, cancelled, working, challenge, probe, asking, several, told] =
    dissect(
      t,
      captureOf([
        sayhi.toDatagram(),
        encodeResponse(TEST_ID, { ok: [true, null] }, PLAIN_HEADER_MAP).toDatagram(),
        encodeErrorReply(TEST_ID, { code: 'full', message: 'No room', data: 7 }).toDatagram(),
        encodeSignal('cancel', TEST_ID).toDatagram(),
        encodeSignal('working', TEST_ID).toDatagram(),
        encodeSignal('challenge', TEST_ID, challengeHeaderMap(token)).toDatagram(),
        datagramOf(TYPE_BYTE.probe, 'c4020000 810001'),
        datagramOf(TYPE_BYTE.probe, 'c4020100 810001'),
        bundle(request(7, 'x'), datagramOf(1, '07')),
        withHeaderMap(request(8, 'moved', 1), ONE_WAY_HEADER_MAP),
      ]),
      [
        ...(['_ws.col.Protocol', '_ws.col.Info', 'rpcudp.type', 'rpcudp.id'] as const),
        ...(['rpcudp.procedure', 'rpcudp.args', 'rpcudp.value', 'rpcudp.frames'] as const),
        ...(['rpcudp.error.code', 'rpcudp.error.message', 'rpcudp.error.data'] as const),
        ...(['rpcudp.version', 'rpcudp.attempt', 'rpcudp.remaining_ms'] as const),
        ...(['rpcudp.traceparent', 'rpcudp.token', 'rpcudp.malformed'] as const),
        'rpcudp.one_way',
      ],
      PORTS,
    );
  t.match(told, {
    '_ws.col.Info': ['request moved(1)'],
    'rpcudp.one_way': [/^(1|True)$/],
    'rpcudp.malformed': [],
  });
  t.match(asked, {
    '_ws.col.Protocol': ['RPCUDP'],
    '_ws.col.Info': ['request sayhi("Snake", 1152921504606846976) again'],
    'rpcudp.type': ['0x00'],
    'rpcudp.id': [TEST_ID],
    'rpcudp.procedure': ['sayhi'],
    'rpcudp.args': ['["Snake", 1152921504606846976]'],
    'rpcudp.version': ['1'],
    'rpcudp.attempt': ['2'],
    'rpcudp.remaining_ms': ['1500'],
    'rpcudp.traceparent': ['00-ab-cd-01'],
  });
  t.match(answered, {
    'rpcudp.type': ['0x01'],
    'rpcudp.value': ['{"ok": [true, null]}'],
    'rpcudp.version': ['1'],
    'rpcudp.attempt': [],
  });
  t.match(failed, {
    'rpcudp.type': ['0x02'],
    'rpcudp.error.code': ['full'],
    'rpcudp.error.message': ['No room'],
    'rpcudp.error.data': ['7'],
  });
  t.match(cancelled, { 'rpcudp.type': ['0x03'], '_ws.col.Info': ['cancel'] });
  t.match(working, { 'rpcudp.type': ['0x05'], '_ws.col.Info': ['working'] });
  t.match(challenge, { 'rpcudp.type': ['0x06'], 'rpcudp.token': [token.toString('hex')] });
  t.match(probe, { 'rpcudp.type': ['0x0a'], 'rpcudp.version': ['1'], '_ws.col.Info': ['probe'] });
  t.match(asking, { '_ws.col.Info': ['probe for an answer as long'], 'rpcudp.malformed': [] });
  t.match(several, {
    '_ws.col.Info': ['bundle of 2: request x() | response 7'],
    'rpcudp.type': ['0x04', '0x00', '0x01'],
    'rpcudp.id': ['00'.repeat(20), '07'.repeat(20), TEST_ID],
    'rpcudp.frames': ['2'],
    'rpcudp.procedure': ['x'],
    'rpcudp.args': ['[]'],
    'rpcudp.value': ['7'],
  });
  for (const packet of [asked, answered, failed, cancelled, working, challenge, probe, several]) {
    t.same(packet?.['rpcudp.malformed'], []);
  }
  t.end();
});

t.test('a frame of any type is shown by its name, and recognised without a port', options, (t) => {
  const types = namesOf(FRAME_TYPES);
  const fields = ['_ws.col.Info', 'rpcudp.type', 'rpcudp.malformed'] as const;
  const words = ['-o', 'rpcudp.heuristic:TRUE'];
  const packets = dissect(t, captureOf(types.map(sampleFrame)), fields, { words });
  for (const [index, type] of types.entries()) {
    const packet = packets[index];
    t.equal(packet?.['_ws.col.Info'][0]?.split(' ')[0], type);
    t.equal(Number(packet?.['rpcudp.type'][0]), TYPE_BYTE[type], type);
    t.same(packet?.['rpcudp.malformed'], [], type);
  }
  t.end();
});

t.test('values are those of the codec, written as `rpcudp call` writes them', options, (t) => {
  const values = fc
    .sample(faithfulValue, { seed: SEED, numRuns: 400 })
    .filter((value) => formatJson(value).length < 2_000);
  const sound = SOUND_BODIES.flatMap(([, bodies]) => bodies.map((hex) => datagramOf(1, hex)));
  const datagrams = [
    ...values.map((value) => encodeResponse(TEST_ID, value).toDatagram()),
    ...sound.filter((datagram) => datagram.length < 1_000),
    ...['cb4340000000000001', 'cb3fb999999999999a', 'cb7fefffffffffffff', 'cbffefffffffffffff'].map(
      (hex) => datagramOf(1, hex),
    ),
  ];
  const packets = dissect(t, captureOf(datagrams), ['rpcudp.value'], PORTS);
  t.equal(packets.length, datagrams.length);
  const different = packets.flatMap(({ 'rpcudp.value': [text = ''] }, index) => {
    const { value } = decodeResponse(datagrams[index]!) as { value: unknown };
    const expected = formatJson(parseJson(formatJson(value)));
    const found = isJson(text) ? formatJson(parseJson(text)) : `no JSON: ${text}`;
    return found === expected
      ? []
      : [{ datagram: datagrams[index]!.toString('hex'), expected, found }];
  });
  t.same(different, [], `seed ${SEED}`);
  t.end();
});

t.test('what an endpoint drops is malformed, for the same reason', options, (t) => {
  const bodies = [
    ...[...UNSOUND_BODIES, ...SOUND_BODIES].flatMap((row) => row.at(-1) as string[]),
    ...EQUAL_KEYS.map(([, first, second]) => `82${first}c0${second}c0`),
    ...DIFFERENT_KEYS.map(([, first, second]) => `82${first}c0${second}c0`),
    ...['', 'c0', '90', '92a17890', '92a178', '93a17890c0', '920190', '92a1789100', 'c1', 'd6ff'],
    ...[
      '92a163a16d',
      '93a163a16d07',
      '94a163a16d07c0',
      '9201a16d',
      `92a178c52001${'00'.repeat(0x2001)}`,
    ],
    ...[`92a178 91c51ff0${'00'.repeat(0x1ff0)}`, `92a178 91c52001${'00'.repeat(0x2001)}`],
  ];
  const datagrams = [...Object.values(TYPE_BYTE), ...UNKNOWN_TYPES].flatMap((type) =>
    bodies.map((body) => datagramOf(type, body)),
  );
  const short = Array.from({ length: 24 }, (_, length) =>
    datagramOf(0, '92a17890').subarray(0, length),
  );
  agree(t, [...datagrams, ...short.slice(1)], 'the tables');
  t.end();
});

t.test('no datagram is too hostile', options, (t) => {
  const sampleOf = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] =>
    fc.sample(arbitrary, { seed: SEED, numRuns });
  const types = [0, 1, 2, 4];
  const datagrams = [
    ...sampleOf(hostileBody, 400).map((body, index) =>
      Buffer.concat([Buffer.of(types[index % types.length]!), ID, body]),
    ),
    ...sampleOf(hostileDatagram(['echo']), 400).map((hostile) => datagramBytes(hostile, ID)),
    ...sampleOf(hostileBundle(['echo']), 200).map((hostile) =>
      bundleBytes(
        hostile,
        hostile.frames.map((frame) => datagramBytes(frame, ID)),
      ),
    ),
    ...sampleOf(fc.uint8Array({ minLength: 1, maxLength: 80 }), 100).map((noise) =>
      Buffer.from(noise),
    ),
    // As large as possible: only items, nested arrays, and bundles with the most frames or with
    // empty ones.
    datagramOf(1, `dcffb0${'c0'.repeat(0xffb0)}`.slice(0, 2 * 65_486)),
    datagramOf(1, `dc7000${'90'.repeat(0x7000)}`),
    datagramOf(
      1,
      `de3000${Array.from({ length: 0x3000 }, (_, n) => `cd${n.toString(16).padStart(4, '0')}c0`).join('')}`,
    ),
    datagramOf(1, `db0000f000${'01'.repeat(0xf000)}`),
    bundle(...Array.from({ length: 256 }, () => datagramOf(1, 'c0'))),
    bundle(...Array.from({ length: 256 }, () => Buffer.alloc(0))),
    bundle(bundle(datagramOf(1, 'c0'))),
    bundle(datagramOf(TYPE_BYTE.probe, 'c0 810001'), datagramOf(TYPE_BYTE.present, 'c0 810001')),
    ...[TYPE_BYTE.probe, TYPE_BYTE.present].flatMap((type) =>
      ['c0 810001', 'c0 80', 'c400 810001', 'c50001', 'c4ff', 'a0 810001'].map((rest) =>
        datagramOf(type, rest),
      ),
    ),
  ].filter(({ length }) => length > 0);
  agree(t, datagrams, `seed ${SEED}`);
  t.end();
});

t.test('a port is set, chosen for a packet, or not needed', options, (t) => {
  const datagrams = [
    datagramOf(1, '07'),
    Buffer.from('GET / HTTP/1.1 and no more'),
    datagramOf(1, 'c1'),
  ];
  const protocols = (words: readonly string[]): unknown =>
    dissect(t, captureOf(datagrams), ['_ws.col.Protocol'], { words }).map(
      (packet) => packet['_ws.col.Protocol'][0],
    );
  t.same(protocols([]), ['UDP', 'UDP', 'UDP'], 'no port is ours unless somebody says so');
  t.same(protocols(['-o', 'rpcudp.ports:5678']), ['RPCUDP', 'RPCUDP', 'RPCUDP']);
  t.same(protocols(['-o', 'rpcudp.ports:1-9,5000-6000']), ['RPCUDP', 'RPCUDP', 'RPCUDP']);
  t.same(protocols(['-o', 'rpcudp.ports:1-9']), ['UDP', 'UDP', 'UDP']);
  t.same(protocols(['-d', 'udp.port==5678,rpcudp']), ['RPCUDP', 'RPCUDP', 'RPCUDP']);
  t.same(
    protocols(['-o', 'rpcudp.heuristic:TRUE']),
    ['RPCUDP', 'UDP', 'UDP'],
    'only valid datagrams',
  );
  t.end();
});

t.test('a datagram that was cut off in the capture is not called malformed', options, (t) => {
  const path = join(t.testdir(), 'cut.pcapng');
  const end = { host: '127.0.0.1', port: 5678 };
  const packet = udpPacket(end, end, encodeResponse(TEST_ID, 'x'.repeat(500)).toDatagram());
  const bytes = packet.subarray(0, 100);
  const about = { interfaceIndex: 0, direction: 'in', atMs: START_MS, comment: '' } as const;
  const block = packetBlock({ ...about, bytes });
  // The original length, which is more than the captured length.
  block.writeUInt32BE(packet.length, 24);
  const head = [...captureOf([]).blocks()];
  writeFileSync(path, Buffer.concat([...head, block]));
  const fields = ['rpcudp.malformed', '_ws.col.Info'] as const;
  t.same(dissectFile(path, fields, PORTS), [
    { 'rpcudp.malformed': [], '_ws.col.Info': ['cut short by the capture'] },
  ]);
  t.end();
});

/** Compares what the dissector and the codec say about each datagram. */
function agree(t: Tap, datagrams: readonly Buffer[], what: string): void {
  const fields = [
    'rpcudp.malformed',
    'rpcudp.attempt',
    'rpcudp.remaining_ms',
    'rpcudp.procedure',
  ] as const;
  const packets = dissect(t, captureOf(datagrams), fields, PORTS);
  t.equal(packets.length, datagrams.length, `${what}: all are there`);
  const different = packets.flatMap((packet, index) => {
    const datagram = datagrams[index]!;
    const expected = { malformed: faultsOf(datagram), header: headerOf(datagram) };
    const found = {
      malformed: packet['rpcudp.malformed'],
      ...(expected.header !== undefined && {
        header: {
          attempt: Number(packet['rpcudp.attempt'][0] ?? 1),
          remainingMs: Number(packet['rpcudp.remaining_ms'][0] ?? -1),
        },
      }),
    };
    const same = JSON.stringify(found) === JSON.stringify(expected);
    return same ? [] : [{ datagram: datagram.toString('hex').slice(0, 400), expected, found }];
  });
  t.same(different, [], what);
}

/** Why an endpoint drops a datagram or its frames, in order. */
function faultsOf(datagram: Buffer): string[] {
  if (isBundle(datagram) && datagram.length >= MIN_DATAGRAM_BYTES) {
    const faults: string[] = [];
    const fault = unpackBundle(datagram, (frame) => {
      const mayNotBe = isBundle(frame) || frame[0] === TYPE_BYTE.probe;
      const isMisplaced = mayNotBe && frame.length >= MIN_DATAGRAM_BYTES;
      faults.push(...(isMisplaced ? ['shape'] : faultsOf(frame)));
    });
    return fault === undefined ? faults : [fault.reason];
  }
  const faults = explainDatagram(datagram).filter(({ label }) => label === 'fault');
  return faults.map(({ detail }) => /^dropped as (\w+)/.exec(detail)?.[1] ?? detail);
}

/** What the header map of a valid frame says, if it has one. */
function headerOf(datagram: Buffer): { attempt: number; remainingMs: number } | undefined {
  const frame = readFrame(datagram);
  if (isDrop(frame) || frame.type === 'bundle' || faultsOf(datagram).length > 0) return undefined;
  const skimmed = skim(datagram, HEADER_BYTES);
  const header = isDrop(skimmed) ? undefined : readHeaderMap(datagram, skimmed.end);
  return header && { attempt: header.attempt, remainingMs: header.remainingMs ?? -1 };
}

type Tap = Parameters<typeof dissect>[0];

import fc from 'fast-check';
import t from 'tap';
import { namesOf } from '../../src/vocabulary.js';
import { isBundle, unpackBundle } from '../../src/wire/bundle.js';
import { DROP, isDrop } from '../../src/wire/drop.js';
import { decodeErrorReply } from '../../src/wire/error-reply.js';
import { type ExplainedPart, explainDatagram } from '../../src/wire/explain.js';
import { readFrame } from '../../src/wire/frame.js';
import { FRAME_TYPES, TYPE_BYTE } from '../../src/wire/frame-type.js';
import { readHeaderMap } from '../../src/wire/header-map-reader.js';
import { decodeProbe } from '../../src/wire/probe.js';
import { decodeRequest } from '../../src/wire/request.js';
import { decodeResponse } from '../../src/wire/response.js';
import { decodeSignal } from '../../src/wire/signal.js';
import { bundleBytes, datagramBytes, hostileBundle } from '../fixtures/hostile-datagrams.js';
import { datagramOf } from '../fixtures/msgpack-values.js';
import { sampleFrame } from '../fixtures/sample-frame.js';

const show = (parts: readonly ExplainedPart[]): string[] =>
  parts.map(({ offset, bytes, label, detail, depth }) =>
    [offset, bytes, '·'.repeat(depth) + label, detail].join(' | '),
  );

const ID =
  '1 | 000102030405060708090a0b0c0d0e0f10111213 | id | 000102030405060708090a0b0c0d0e0f10111213';

t.test('a request is explained from its first byte to its last', async (t) => {
  const datagram = datagramOf(0, '92 a27879 93 cd0100 81 a16b c4020708 d6ff00000000 81c0');
  t.strictSame(show(explainDatagram(datagram)), [
    '0 | 00 | type | request',
    ID,
    '21 | 92 | fixarray | 2 items',
    '22 | a27879 | ·fixstr | "xy"',
    '25 | 93 | ·fixarray | 3 items',
    '26 | cd0100 | ··uint 16 | 256',
    '29 | 81 | ··fixmap | 1 entry',
    '30 | a16b | ···fixstr | key "k"',
    '32 | c4020708 | ···bin 8 | 2 bytes',
    '36 | d6ff00000000 | ··fixext 4 | 1970-01-01T00:00:00.000Z',
    '42 | 81c0 | ignored | bytes after the body',
  ]);
});

t.test('a valid frame of any type has no fault', async (t) => {
  for (const type of namesOf(FRAME_TYPES)) {
    const parts = explainDatagram(sampleFrame(type));
    t.match(parts[0], { label: 'type', detail: type });
    t.notOk(
      parts.some(({ label }) => label === 'fault'),
      type,
    );
  }
});

t.test('scalars show their format and exact value', async (t) => {
  const detailOf = (body: string): string => {
    const [, , part] = explainDatagram(datagramOf(1, body));
    return `${part?.label} ${part?.detail}`;
  };
  t.equal(detailOf('05'), 'positive fixint 5');
  t.equal(detailOf('ff'), 'negative fixint -1');
  t.equal(detailOf('c0'), 'nil null');
  t.equal(detailOf('c2'), 'false false');
  t.equal(detailOf('cfffffffffffffffff'), 'uint 64 18446744073709551615');
  t.equal(detailOf('d38000000000000000'), 'int 64 -9223372036854775808');
  t.equal(detailOf('cb8000000000000000'), 'float 64 -0');
  t.equal(detailOf('ca7fc00000'), 'float 32 NaN');
  t.equal(detailOf('dc0000'), 'array 16 0 items');
  t.equal(detailOf('df00000000'), 'map 32 0 entries');
  t.equal(detailOf('d70500000000000000ff'), 'fixext 8 extension type 5');
  t.equal(detailOf('d7ff1d6f280065e078f5'), 'fixext 8 2024-02-29T12:30:45.123Z + 456000 ns');
});

t.test('text cannot control a terminal', async (t) => {
  const text = Buffer.from('\x1b[2J\u202e\n"\u0085é').toString('hex');
  const [, , part] = explainDatagram(datagramOf(1, `ad${text}`));
  t.equal(part?.detail, '"\\u{1b}[2J\\u{202e}\\n\\"\\u{85}é"');
});

t.test('a fault is where the reading stops', async (t) => {
  const faultOf = (datagram: Buffer): string | undefined => show(explainDatagram(datagram)).at(-1);
  t.match(
    faultOf(datagramOf(0, '92 a161 91 c1 00')),
    /^25 \| c100 \| fault \| dropped as reserved: /,
  );
  t.match(faultOf(datagramOf(1, 'dd01ffffff')), /^26 \|  \| fault \| dropped as truncated: /);
  t.match(faultOf(datagramOf(1, 'a56162')), /^21 \| a56162 \| fault \| dropped as truncated: /);
  t.match(faultOf(datagramOf(0, 'c0')), /^22 \|  \| fault \| dropped as shape: /);
  t.match(faultOf(datagramOf(0xff, 'c0')), /^21 \| c0 \| fault \| dropped as unknownType: /);
  t.match(faultOf(Buffer.of(0, 1)), /^1 \| 01 \| fault \| dropped as tooShort: /);
  t.match(faultOf(Buffer.alloc(0)), /^0 \|  \| fault \| dropped as tooShort: /);
  t.match(faultOf(datagramOf(0, `c4${'00'.repeat(8_704)}`)), /fault \| dropped as tooLong: /);
});

/** A challenge without a token means nothing. */
function decodeChallenge(datagram: Buffer): object {
  const body = decodeSignal(datagram);
  if (isDrop(body)) return body;
  return readHeaderMap(datagram, body.end)?.token === undefined ? DROP.shape : body;
}

function reasonOf(datagram: Buffer): string | undefined {
  const frame = readFrame(datagram);
  if (isDrop(frame)) return frame.reason;
  const decode = {
    call: decodeRequest,
    value: decodeResponse,
    error: decodeErrorReply,
    nil: decodeSignal,
    token: decodeChallenge,
    padding: decodeProbe,
    frames: (bundle: Buffer) => unpackBundle(bundle, () => undefined) ?? {},
  };
  const body = decode[FRAME_TYPES[frame.type].body](datagram);
  return isDrop(body) ? body.reason : undefined;
}

t.test(
  'any bytes are covered without a gap, and dropped for the reason that an endpoint counts',
  async () => {
    const body = fc.uint8Array({ maxLength: 40 });
    const datagram = fc.oneof(
      body,
      fc
        .tuple(fc.constantFrom(...Object.values(TYPE_BYTE), 0xff), body)
        .map(([type, bytes]) => datagramOf(type, Buffer.from(bytes).toString('hex'))),
    );
    fc.assert(
      fc.property(datagram, (bytes) => {
        const parts = explainDatagram(bytes);
        // The parts of a bundle's frames have their own faults.
        const own = isBundle(bytes) ? parts.filter(({ depth }) => depth < 2) : parts;
        const last = own.at(-1);
        const reason = /^dropped as (\w+):/.exec(last?.detail ?? '')?.[1];
        return (
          parts.map((part) => part.bytes).join('') === Buffer.from(bytes).toString('hex') &&
          (last?.label === 'fault' ? reason : undefined) === reasonOf(Buffer.from(bytes))
        );
      }),
      { numRuns: 5_000 },
    );
  },
);

t.test('a probe that asks for an answer as long is explained', async (t) => {
  const detailOf = (hex: string) => explainDatagram(datagramOf(TYPE_BYTE.probe, hex))[2]?.detail;
  t.equal(detailOf('c4020100 810001'), '2 bytes; asks for an answer as long');
  t.equal(detailOf('c4020200 810001'), '2 bytes');
  t.equal(detailOf('c0 810001'), 'null');
});

t.test('a bundle holds no probes, but answers to them', async (t) => {
  const faultOf = (type: 'probe' | 'present') => {
    const frame = sampleFrame(type);
    const bundle = datagramOf(
      TYPE_BYTE.bundle,
      `91c4${frame.length.toString(16)}${frame.toString('hex')}`,
    );
    return explainDatagram(bundle).find(({ label }) => label === 'fault')?.detail;
  };
  t.match(faultOf('probe'), /^dropped as shape: .*; a bundle holds no probes$/);
  t.equal(faultOf('present'), undefined);
});

t.test('a bundle in a bundle is first of all too short, as for an endpoint', async (t) => {
  const faultOf = (bytes: number) =>
    explainDatagram(
      Buffer.of(4, ...Buffer.alloc(20), 0x91, 0xc4, bytes, ...Buffer.alloc(bytes, 4)),
    ).find(({ label }) => label === 'fault');
  t.match(faultOf(21), { detail: /dropped as tooShort/ });
  t.match(faultOf(22), { detail: /dropped as shape/ });
});

t.test('a bundle is covered without a gap, whatever is in it', async () => {
  const bundles = hostileBundle(['x']).map((one) =>
    bundleBytes(
      one,
      one.frames.map((frame) => datagramBytes(frame, Buffer.alloc(20, 1))),
    ),
  );
  fc.assert(
    fc.property(bundles, (bytes) => {
      const parts = explainDatagram(bytes);
      let offset = 0;
      for (const part of parts) {
        if (part.offset !== offset) return false;
        offset += part.bytes.length / 2;
      }
      return parts.map((part) => part.bytes).join('') === bytes.toString('hex');
    }),
    { numRuns: 2_000 },
  );
});

t.test('headers are told by name, safe for a terminal', async (t) => {
  const map = '82 0001 0782' + 'a5746f6b656e a41b5b326a' + 'a36b6579 c40200ff';
  const parts = explainDatagram(datagramOf(1, `05${map.replaceAll(' ', '')}`));
  const { detail } = parts.find(({ label }) => label === 'header map') ?? {};
  t.equal(detail, 'version 1, header token "\\u{1b}[2j", header key hex 00ff');
  const unsound = explainDatagram(datagramOf(1, '05 8200010781a16101'));
  t.equal(unsound.at(-1)?.label, 'ignored');
});

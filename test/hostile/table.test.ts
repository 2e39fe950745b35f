/** The rows of the table of hostile inputs, by number, and the fate of each. */
import { deepStrictEqual } from 'node:assert/strict';
import t from 'tap';
import type { Fate } from '../../src/api/fate.js';
import { escapeText } from '../../src/escape.js';
import { explainDatagram } from '../../src/wire/explain.js';
import { HostileEndpoint, pollution } from '../fixtures/hostile-endpoint.js';
import { SOUND_BODIES, UNSOUND_BODIES } from '../fixtures/hostile-table.js';
import { frame, request } from '../fixtures/raw-peer.js';

const PEER = ['10.0.0.2', 2000] as const;
const ID = Buffer.alloc(20, 9);

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const datagram = (type: number, body: string | Uint8Array, id: Uint8Array = ID): Buffer =>
  Buffer.concat([Buffer.of(type), id, typeof body === 'string' ? hex(body) : body]);

/** An endpoint with one procedure, which keeps its arguments. */
async function server(t: Parameters<typeof HostileEndpoint.in>[0]) {
  const seen: unknown[][] = [];
  const keep = (_: unknown, ...args: unknown[]): null => {
    seen.push(args);
    return null;
  };
  const hostile = await HostileEndpoint.in(t, { handlers: { a: keep } });
  return { hostile, seen };
}

t.test('4.2 framing', async (t) => {
  const rows: readonly [row: string, fate: Fate, datagrams: Uint8Array[]][] = [
    ['H01, nothing', 'malformed.tooShort', [Buffer.alloc(0)]],
    ['H02, a type', 'malformed.tooShort', [Buffer.of(0)]],
    ['H03, a type and an id', 'malformed.tooShort', [datagram(0, ''), datagram(1, '')]],
    [
      'H04, a type nobody knows',
      'malformed.unknownType',
      [7, 8, 0x7f, 0x80, 0xff].map((type) => datagram(type, 'c0')),
    ],
    [
      'H05, a body of 8,193 bytes',
      'malformed.tooLong',
      [datagram(0, `92a161dc1ffb${'c0'.repeat(8_187)}`)],
    ],
    ['H06, 65,507 zeros', 'malformed.tooLong', [Buffer.alloc(65_507)]],
  ];
  for (const [row, fate, datagrams] of rows) {
    t.test(row, async (t) => {
      const { hostile, seen } = await server(t);
      for (const bytes of datagrams) t.equal(hostile.receive(bytes, ...PEER), fate);
      t.strictSame(seen, []);
      t.match(hostile.endpoint.stats(), { peersNow: 0, attempted: 0 });
    });
  }

  t.test('H05, a body of 8,192 bytes is not too long', async (t) => {
    const { hostile, seen } = await server(t);
    const body = `92a161dc1ffa${'c0'.repeat(8_186)}`;
    t.equal(hostile.receive(datagram(0, body), ...PEER), 'request.run');
    t.equal(seen[0]?.length, 8_186);
  });

  t.test('H07, H08: bytes after the body are ignored, and counted', async (t) => {
    const { hostile, seen } = await server(t);
    const after = ['00', '92a16190', 'ff', 'c1', '80', 'dd01ffffff', '81a10001'];
    for (const [id, trailing] of after.entries()) {
      const bytes = datagram(0, `92a16190${trailing}`, Buffer.alloc(20, id));
      t.equal(hostile.receive(bytes, ...PEER), 'request.run', trailing);
    }
    t.equal(seen.length, after.length);
    t.equal(hostile.endpoint.stats().unreadableHeaders, after.length);
  });

  const sound = request(7, 'a', 'some text', { key: [1, 2.5, null] }, 2 ** 40);

  t.test('H09, every prefix of a valid datagram is cut short', async (t) => {
    const { hostile } = await server(t);
    for (let length = 0; length < sound.length; length++) {
      const fate = length < 22 ? 'malformed.tooShort' : 'malformed.truncated';
      t.equal(hostile.receive(sound.subarray(0, length), ...PEER), fate, `${length} bytes`);
    }
    t.equal(hostile.receive(sound, ...PEER), 'request.run', 'and the whole of it is not');
  });

  t.test('H10, with any of its bits flipped it has a fate', async (t) => {
    const { hostile } = await server(t);
    for (let bit = 0; bit < sound.length * 8; bit++) {
      const flipped = Buffer.from(sound);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      hostile.receive(flipped, ...PEER);
    }
    t.equal(hostile.endpoint.stats().received, sound.length * 8);
    t.strictSame([...hostile.imbalances(), ...pollution()], []);
  });
});

t.test('4.3 bodies', async (t) => {
  for (const [row, reason, bodies] of UNSOUND_BODIES) {
    t.test(`${row}: ${reason}`, async (t) => {
      const { hostile, seen } = await server(t);
      const call = hostile.endpoint.peer('10.0.0.2:2000').call('b');
      const id = hostile.idSent(0);
      for (const body of bodies) {
        const asRequest = hostile.receive(datagram(0, body), ...PEER);
        t.equal(asRequest, `malformed.${reason}`, `request ${body.slice(0, 40)}`);
        // H56: what cannot be read settles nothing, because anybody may have sent it.
        const asAnswer = hostile.receive(datagram(1, body, id), ...PEER);
        t.equal(asAnswer, `malformed.${reason}`, `response ${body.slice(0, 40)}`);
        const asError = hostile.receive(datagram(2, body, id), ...PEER);
        t.equal(asError, `malformed.${reason}`, `error ${body.slice(0, 40)}`);
      }
      t.strictSame(seen, []);
      t.equal(hostile.sent.length, 1, 'nobody is answered');
      hostile.receive(datagram(1, '2a', id), ...PEER);
      t.match(await call, { state: 'resolved', value: 42 }, 'the call has gone on waiting');
      t.strictSame(pollution(), []);
    });
  }

  for (const [row, bodies] of SOUND_BODIES) {
    t.test(`${row}: is accepted`, async (t) => {
      const { hostile, seen } = await server(t);
      for (const [index, body] of bodies.entries()) {
        const bytes = datagram(0, `92a16191${body}`, Buffer.alloc(20, index));
        const fate = hostile.receive(bytes, ...PEER);
        // In a request, a value lies two arrays deep.
        t.equal(fate, row.startsWith('H41') ? 'malformed.depth' : 'request.run', body.slice(0, 40));
        const call = hostile.endpoint.peer('10.0.0.2:2000').call('b');
        const sent = hostile.sent.length - 1;
        t.equal(
          hostile.receive(datagram(1, body, hostile.idSent(sent)), ...PEER),
          'response.matched',
        );
        t.match(await call, { state: 'resolved' });
      }
      t.equal(seen.length, row.startsWith('H41') ? 0 : bodies.length);
      t.strictSame(pollution(), []);
    });
  }

  t.test('H26, H27: a procedure gets all keys as own properties, of any name', async (t) => {
    const { hostile, seen } = await server(t);
    const names = [
      'constructor',
      'prototype',
      'toString',
      'valueOf',
      'then',
      'toJSON',
      'hasOwnProperty',
      'length',
    ];
    hostile.receive(request(1, 'a', Object.fromEntries(names.map((name) => [name, 7]))), ...PEER);
    const got = seen[0]?.[0] as Record<string, unknown>;
    t.strictSame(Object.keys(got), names);
    for (const name of names) t.equal(got[name], 7);
    t.equal(Object.getPrototypeOf(got), Object.prototype);
  });

  t.test('H37: a name cannot control the terminal that it is shown in', async (t) => {
    const { hostile } = await server(t);
    const names = ['\0', '\u202e', '\n', '\x1b[2J', '😀'.repeat(63), '\u2028', '\x7f', '\x9b'];
    for (const [id, name] of names.entries()) {
      const bytes = request(id, name);
      t.equal(hostile.receive(bytes, ...PEER), 'request.refused.unknownProcedure');
      const text = explainDatagram(bytes)
        .map(({ detail }) => detail)
        .join(' ');
      t.notMatch(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u, escapeText(name));
    }
  });

  t.test('H38, H39: integers arrive exactly, in whatever form', async (t) => {
    const { hostile, seen } = await server(t);
    const list =
      'cfffffffffffffffff d38000000000000000 cf0020000000000001 cf0000000000000001 d3000000000000007f cc05';
    hostile.receive(datagram(0, `92a16196${list}`), ...PEER);
    deepStrictEqual(seen, [[2n ** 64n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 1, 127, 5]]);
    t.ok(seen.length);
  });

  t.test('H44, H45: thousands of keys arrive', async (t) => {
    const { hostile, seen } = await server(t);
    const maps = [
      Object.fromEntries(
        Array.from({ length: 600 }, (_, index) => [String(index * 7_158_278), index]),
      ),
      Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [index.toString(36), 1])),
    ];
    for (const [id, map] of maps.entries()) {
      t.equal(hostile.receive(request(id, 'a', map), ...PEER), 'request.run');
      deepStrictEqual(seen[id], [map]);
    }
  });
});

t.test('4.4 requests and responses', async (t) => {
  t.test('H46: what is not a request is not answered', async (t) => {
    const { hostile } = await server(t);
    const bodies = [
      'c0',
      '80',
      '90',
      '91a161',
      '93a1619001',
      '920190',
      '92a161c0',
      '92a16180',
      'a161',
    ];
    for (const body of bodies)
      t.equal(hostile.receive(datagram(0, body), ...PEER), 'malformed.shape', body);
    t.equal(hostile.sent.length, 0);
    t.equal(hostile.endpoint.stats().peersNow, 0);
  });

  t.test('what is not an error settles no call', async (t) => {
    const { hostile } = await server(t);
    const call = hostile.endpoint.peer('10.0.0.2:2000').call('b');
    const id = hostile.idSent(0);
    const bodies = [
      'c0',
      '80',
      '90',
      '91a161',
      '94a161a161c0c0',
      '92a16101',
      '9201a161',
      '92c40161a161',
    ];
    for (const body of bodies)
      t.equal(hostile.receive(datagram(2, body, id), ...PEER), 'malformed.shape', body);
    for (const type of [3, 5]) {
      t.equal(
        hostile.receive(datagram(type, '00', id), ...PEER),
        'malformed.shape',
        `type ${type}`,
      );
    }
    t.equal(hostile.receive(datagram(2, '92a161a162', id), ...PEER), 'response.matched');
    t.match(await call, { state: 'rejected' });
  });

  t.test('H48: names that every object has are not known here', async (t) => {
    const { hostile, seen } = await server(t);
    const names = [
      '',
      'x'.repeat(8_000),
      '__proto__',
      'constructor',
      'hasOwnProperty',
      'close',
      'rpc_x',
      'rpc_a',
    ];
    for (const [id, name] of names.entries()) {
      t.equal(
        hostile.receive(request(id, name), ...PEER),
        'request.refused.unknownProcedure',
        name.slice(0, 20),
      );
    }
    t.strictSame(seen, []);
  });

  t.test('H52: the right id from the wrong address settles nothing', async (t) => {
    const { hostile } = await server(t);
    const call = hostile.endpoint.peer('10.0.0.2:2000').call('b');
    const answer = frame('response', hostile.idSent(0), 'forged');
    const places = [
      ['10.0.0.2', 2001],
      ['10.0.0.3', 2000],
      ['::1', 2000],
      ['::ffff:10.0.0.2', 2000],
      ['10.0.0.20', 2000],
      ['', 2000],
    ] as const;
    for (const [host, port] of places) {
      t.equal(hostile.receive(answer, host, port), 'response.wrongPeer', `${host} ${port}`);
    }
    hostile.receive(frame('response', hostile.idSent(0), 'true'), ...PEER);
    t.match(await call, { state: 'resolved', value: 'true' });
  });

  t.test('H53: the same answer twice, and again after a second', async (t) => {
    const { hostile } = await server(t);
    const call = hostile.endpoint.peer('10.0.0.2:2000').call('b');
    const answer = frame('response', hostile.idSent(0), 1);
    t.equal(hostile.receive(answer, ...PEER), 'response.matched');
    t.equal(hostile.receive(answer, ...PEER), 'response.duplicate');
    await hostile.clock.advance(1_000);
    t.equal(hostile.receive(answer, ...PEER), 'response.duplicate');
    t.match(await call, { state: 'resolved', value: 1 });
  });

  t.test('H54: an answer that comes before the send callback is an answer', async (t) => {
    const hostile = await HostileEndpoint.in(t, { calledBack: false });
    const call = hostile.endpoint.peer('10.0.0.2:2000').call('b');
    t.equal(hostile.receive(frame('response', hostile.idSent(0), 1), ...PEER), 'response.matched');
    t.match(await call, { state: 'resolved', value: 1 });
  });

  t.test('H57: the same id from two addresses means two requests', async (t) => {
    const { hostile, seen } = await server(t);
    t.equal(hostile.receive(request(1, 'a', 1), ...PEER), 'request.run');
    t.equal(hostile.receive(request(1, 'a', 1), ...PEER), 'request.replayed');
    t.equal(hostile.receive(request(1, 'a', 2), '10.0.0.2', 2001), 'request.run');
    t.equal(hostile.receive(request(1, 'a', 3), '10.0.0.3', 2000), 'request.run');
    t.equal(hostile.receive(request(1, 'a', 4), ...PEER), 'request.conflict');
    t.strictSame(seen, [[1], [2], [3]]);
  });
});

t.test('4.5 addresses and endpoints', async (t) => {
  t.test('H61: nothing that comes from port 0 can be answered', async (t) => {
    const { hostile, seen } = await server(t);
    const call = hostile.endpoint.peer('10.0.0.2:2000').call('b');
    const sent = hostile.sent.length;
    const datagrams = [
      request(1, 'a'),
      frame('response', hostile.idSent(0), 1),
      Buffer.alloc(0),
      datagram(3, 'c0'),
    ];
    for (const bytes of datagrams) t.equal(hostile.receive(bytes, '10.0.0.2', 0), 'badSource');
    t.strictSame(seen, []);
    t.equal(hostile.sent.length, sent);
    hostile.receive(frame('response', hostile.idSent(0), 1), ...PEER);
    t.match(await call, { state: 'resolved' });
  });

  t.test('H66: 100,000 requests to a procedure that never ends run it 256 times', async (t) => {
    let runs = 0;
    const hang = (): Promise<never> => {
      runs += 1;
      return new Promise(() => undefined);
    };
    const most = { 'of one peer': 32, 'of all peers': 256 } as const;
    for (const [whose, running] of Object.entries(most)) {
      const maxRunningPerPeer = whose === 'of one peer' ? running : 1_000;
      const hostile = await HostileEndpoint.in(t, { handlers: { hang }, maxRunningPerPeer });
      runs = 0;
      const bytes = request(0, 'hang');
      for (let id = 0; id < 100_000; id++) {
        bytes.writeUInt32BE(id, 1);
        hostile.receive(bytes, ...PEER);
      }
      const { fates, runningNow, rememberedNow } = hostile.endpoint.stats();
      const expected = { 'request.run': running, 'request.refused.overloaded': 100_000 - running };
      t.match(fates, expected, whose);
      t.strictSame([runs, runningNow], [running, running]);
      t.ok(rememberedNow <= 20_480, `${rememberedNow} are remembered`);
    }
  });

  t.test('H74: a listener that throws harms nothing else', async (t) => {
    const { hostile, seen } = await server(t);
    const types = ['*', 'frame.settled', 'request.started', 'request.settled'] as const;
    for (const type of types) {
      hostile.endpoint.on(type, () => {
        throw new Error(`a listener to ${type}`);
      });
    }
    t.equal(hostile.receive(request(1, 'a', 1), ...PEER), 'request.run');
    t.equal(hostile.receive(datagram(0, 'c1'), ...PEER), 'malformed.reserved');
    t.equal(seen.length, 1);
    t.equal(hostile.errors.length, 8, 'each throw is reported once');
  });
});

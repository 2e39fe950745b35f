import { encode, ExtData } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import type { Test } from 'tap';
import { defineContract } from '../../../src/contract/contract.js';
import type { RecorderOptions } from '../../../src/inspector/recorder/recorder.js';
import { ProcedureError } from '../../../src/api/procedure-error.js';
import { TYPE_BYTE } from '../../../src/wire/frame-type.js';
import { encodeRequest } from '../../../src/wire/request.js';
import { Recorded } from './recorded.js';
import { World } from '../../fixtures/world.js';

const MASK = ['password', 'token'];
const SECRET = 'xyzzy-Hunter2-plugh-4711';

/** The forms in which a secret could be found. */
function traces(secret: string, records: readonly object[]): string[] {
  const text = JSON.stringify(records);
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const forms: Record<string, string> = {
    plain: secret,
    hex,
    'hex in pairs': hex.replace(/..(?!$)/g, '$& '),
  };
  for (let shift = 0; shift < 3; shift += 1) {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    forms[`base64 at ${shift}`] = shifted.slice(4, shifted.length - 4);
  }
  return Object.keys(forms).filter((form) => text.includes(forms[form] ?? ''));
}

/** Values that contain the secret. */
const secretive = fc.constantFrom<unknown>(
  SECRET,
  Buffer.from(SECRET),
  [1, SECRET],
  { deep: { er: [SECRET] } },
  new ExtData(7, Buffer.from(SECRET)),
);

const harmless = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null));

/** Nested values with the secret only under masked keys. */
const { value: nested } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    harmless,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.record(
      { a: tie('value'), '7': tie('value'), password: secretive, TOKEN: secretive },
      { requiredKeys: [] },
    ),
  ),
}));

const scene = fc.record({
  seed: fc.nat(1_000),
  args: fc.array(nested, { maxLength: 3 }),
  lossRate: fc.constantFrom(0, 0.3),
  maxCallsPerSecond: fc.constantFrom(1_000, 1e-9),
});

const checked = defineContract({
  login: {
    args: {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) => ({ issues: [{ message: `got ${JSON.stringify(value)}` }] }),
      },
    },
  },
  reveal: {
    result: {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) => ({ issues: [{ message: `got ${JSON.stringify(value)}` }] }),
      },
    },
  },
} as never);

const HANDLERS = {
  echo: (_scope: unknown, ...args: unknown[]) => args,
  slow: async (scope: { signal: AbortSignal }, ...args: unknown[]) => {
    await new Promise((resolve) => {
      scope.signal.addEventListener('abort', resolve);
    });
    return args;
  },
  declare: (_scope: unknown, ...args: unknown[]) => {
    throw new ProcedureError('refused', 'no', { args });
  },
  quote: (_scope: unknown, ...args: unknown[]) => {
    throw new Error(`wrong: ${JSON.stringify(args)}, or ${String(args[0])}`);
  },
  throwIt: (_scope: unknown, ...args: unknown[]) => {
    throw args as unknown as Error;
  },
};

/**
 * Calls everything with the arguments, over a bad link, and returns everything that was recorded.
 */
async function play(
  args: readonly unknown[],
  { seed, lossRate, ...options }: RecorderOptions & { seed: number; lossRate: number },
): Promise<object[]> {
  const world = new World({ seed, lossRate, duplicationRate: lossRate, watched: false });
  const server = await world.endpoint({ handlers: HANDLERS, handlerTimeoutMs: 400 });
  const client = await world.endpoint();
  const recorded = [client, server].map((endpoint) => new Recorded(endpoint, options));
  const peer = client.peer(server.address);
  await world.clock.runUntil(peer.call('echo', []));
  const names = ['echo', 'slow', 'declare', 'quote', 'throwIt', 'nowhere', 'echo'] as const;
  const calls = names.map((name) => peer.call(name, args, { timeoutMs: 600 }));
  calls.at(-1)?.cancel(new Error(`stop ${JSON.stringify(args)}`));
  const late = client.peer('10.9.9.9:9').call('echo', args, { timeoutMs: 20 });
  await world.clock.runUntil(Promise.all([...calls, late]));
  await world.clock.advance(1_000);
  const faults = recorded.flatMap((one) => one.faults());
  if (faults.length > 0) throw new Error(faults.join('; '));
  await world.clock.runUntil(Promise.all([client.close(), server.close()]));
  return recorded.flatMap(({ records }) => records);
}

t.test('what is masked is in no record, whatever happens to it', async (t) => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ args, ...options }) => {
      const holdsSecret = /password|token/i.test(JSON.stringify(args));
      const records = await play(args, { ...options, mask: MASK });
      const found = traces(SECRET, records);
      if (found.length > 0) throw new Error(`the secret is there: ${found.join(', ')}`);
      if (holdsSecret && !JSON.stringify(records).includes('(masked)')) {
        throw new Error('nothing is said of it');
      }
    }),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('without a mask, the same search finds the secret in each form', async (t) => {
  const records = await play([{ password: SECRET }, Buffer.from(SECRET)], { seed: 1, lossRate: 0 });
  const found = traces(SECRET, records);
  for (const form of ['plain', 'hex in pairs']) t.ok(found.includes(form), form);
  t.ok(found.some((form) => form.startsWith('base64')));
});

t.test('errors of a procedure that quotes its arguments show only name and code', async (t) => {
  const quote = { seed: 1, lossRate: 0, mask: MASK };
  const masked = JSON.stringify(await play([{ password: SECRET }], quote));
  t.match(masked, /"code":"handlerFailed","message":"\(masked\)"/);
  const open = JSON.stringify(await play([{ user: 'snake' }], quote));
  t.match(open, /wrong: \[\{\\"user\\":\\"snake\\"\}\]/, 'one without anything masked is whole');
});

t.test('issues of a contract quote values, and are not shown if there is a mask', async (t) => {
  const world = new World({ watched: false });
  const handlers = { login: () => 1, reveal: () => ({ token: SECRET }) };
  const server = await world.endpoint({ contract: checked, handlers: handlers as never });
  const client = await world.endpoint();
  const recorded = [client, server].map((one) => new Recorded(one, { mask: MASK }));
  const peer = client.peer(server.address);
  await world.clock.runUntil(peer.call('login', [{ password: SECRET }]));
  await world.clock.runUntil(peer.call('reveal', []));
  const strict = client.peer(server.address, checked);
  await world.clock.runUntil((strict as unknown as typeof peer).call('reveal', []));
  await world.clock.advance(1_000);
  const records = recorded.flatMap((one) => one.records);
  t.strictSame(traces(SECRET, records), []);
  t.match(JSON.stringify(records), /invalidArguments/);
  t.match(JSON.stringify(records), /invalidResult/);
  world.errors.length = 0;
  await world.clock.runUntil(Promise.all([client.close(), server.close()]));
});

/** What is recorded at an endpoint when these datagrams arrive from a stranger. */
async function receive(datagrams: readonly Buffer[], options: RecorderOptions): Promise<Recorded> {
  const world = new World({ watched: false });
  const endpoint = await world.endpoint({ handlers: HANDLERS });
  const raw = await world.raw();
  const recorded = new Recorded(endpoint, options);
  for (const datagram of datagrams) {
    raw.send(datagram, endpoint.address);
    await world.settle();
  }
  await world.clock.advance(1_000);
  await world.clock.runUntil(endpoint.close());
  return recorded;
}

const ID = Buffer.alloc(20, 0xab);
const frame = (type: number, ...body: readonly Uint8Array[]) =>
  Buffer.concat([Buffer.of(type), ID, ...body]);
/** `{ 1: { password: SECRET } }`, and a map that has such a map as a key. */
const map = Buffer.concat([Buffer.of(0x81, 1), encode({ password: SECRET })]);
const mapInKey = Buffer.concat([Buffer.of(0x81), encode({ password: SECRET }), Buffer.of(1)]);

t.test('maps with any keys, unreadable frames and trailing bytes are masked too', async (t) => {
  const sent: Record<string, Buffer> = {
    map: frame(0, encode(['echo', []]).subarray(0, -1), Buffer.of(0x91), map),
    'map in a key': frame(0, encode(['echo', []]).subarray(0, -1), Buffer.of(0x91), mapInKey),
    'trailing bytes': frame(0, encode(['echo', []]), encode(SECRET)),
    'header map with more': frame(
      0,
      encode(['echo', []]),
      Buffer.of(0x82, 0, 1, 9),
      encode(SECRET),
    ),
    'bytes after the header map': frame(
      0,
      encode(['echo', []]),
      Buffer.of(0x81, 0, 1),
      encode(SECRET),
    ),
    malformed: frame(0, Buffer.of(0xc1), Buffer.from(SECRET)),
    'too short': Buffer.from(SECRET.slice(0, 20)),
    'unknown type': Buffer.concat([Buffer.of(0x63), Buffer.from(SECRET)]),
    'a broken bundle': frame(TYPE_BYTE.bundle, encode([SECRET])),
    'an orphan response': frame(1, encode({ any: SECRET })),
    'an orphan error': frame(2, encode(['code', SECRET])),
    'a cancel with a body': frame(3, encode(SECRET)),
    'a padded probe': frame(10, encode(Buffer.from(SECRET)), Buffer.of(0x81, 0, 1)),
    'a cancel with more': frame(3, Buffer.of(0xc0), encode(SECRET)),
  };
  for (const [name, datagram] of Object.entries(sent)) {
    const recorded = await receive([datagram], { mask: MASK });
    t.ok(recorded.of('datagram').length > 0, `${name} is recorded`);
    t.strictSame(traces(SECRET.slice(0, 20), recorded.records), [], name);
    t.match(JSON.stringify(recorded.records), /"masked":true/, name);
    t.strictSame(recorded.faults(), []);
    const open = await receive([datagram], {});
    t.ok(traces(SECRET.slice(0, 20), open.records).length > 0, `${name}, without a mask`);
  }
});

t.test('an answer to an unknown call is not shown when masks depend on procedures', async (t) => {
  const mask: RecorderOptions['mask'] = ({ procedure }) => procedure === 'echo';
  const outbound = encodeRequest(ID.toString('hex'), 'echo', [SECRET]);
  outbound.stamp(1, 5_000);
  const request = outbound.toDatagram();
  const world = new World({ watched: false });
  const endpoint = await world.endpoint({ handlers: HANDLERS });
  const raw = await world.raw();
  raw.send(request, endpoint.address);
  await world.settle();
  const recorded = new Recorded(endpoint, { mask });
  raw.send(request, endpoint.address);
  await world.settle();
  t.strictSame(recorded.frames(), ['in request request.replayed', 'out response']);
  t.strictSame(traces(SECRET, recorded.records), []);
  await world.clock.runUntil(endpoint.close());
});

function masksAll(t: Test, mask: RecorderOptions['mask'], name: string): Promise<void> {
  return play([SECRET], { seed: 1, lossRate: 0, mask: mask }).then((records) => {
    t.strictSame(traces(SECRET, records), [], name);
  });
}

t.test('masks may mask wholes, throw, or change what they are asked', async (t) => {
  await masksAll(t, () => true, 'everything');
  await masksAll(t, ['args', 'outcome'], 'both wholes');
  await masksAll(t, ['0', 'error', 'value', 'reason'], 'parts by key');
  await masksAll(
    t,
    () => {
      throw new Error('broken');
    },
    'a mask that throws',
  );
  await masksAll(t, (() => Promise.resolve(false)) as never, 'a promise is no "no"');
  const emptying: RecorderOptions['mask'] = ({ path }) => {
    const [root, key] = (path as string[]).splice(0);
    return root === 'outcome' || (root === 'args' && key === '0');
  };
  await masksAll(t, emptying, 'one that changes the path');
});

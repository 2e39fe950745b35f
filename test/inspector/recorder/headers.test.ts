/** Headers in records: shown as arguments are, and masked as arguments are. */
import t from 'tap';
import type { InspectionEvent } from 'xstate';
import { fail } from '../../../src/api/procedure-error.js';
import { maskedBytes } from '../../../src/inspector/recorder/masked-frame.js';
import { legible } from '../../../src/legible/legible.js';
import { maskTest } from '../../../src/legible/mask.js';
import type { Mask } from '../../../src/legible/mask.js';
import type { Transaction } from '../../../src/legible/transaction.js';
import { readFrame } from '../../../src/wire/frame.js';
import type { Frame } from '../../../src/wire/frame.js';
import { replyHeaderMap, requestHeaderMap } from '../../../src/wire/header-map.js';
import { encodeHeaders } from '../../../src/wire/headers.js';
import type { CallHeaders } from '../../../src/wire/headers.js';
import { encodeRequest } from '../../../src/wire/request.js';
import { encodeResponse } from '../../../src/wire/response.js';
import { encodeSignal } from '../../../src/wire/signal.js';
import { headerMapOf } from '../../fixtures/raw-peer.js';
import { inWorld } from '../../fixtures/world.js';
import type { World } from '../../fixtures/world.js';
import { Recorded } from './recorded.js';

const SECRET = 'xyzzy-Hunter2';
const SECRET_BYTES = Buffer.from('plugh-4711');
const HEADERS = { token: SECRET, tenant: 'one', key: new Uint8Array(SECRET_BYTES) };

/** A call with headers, whose reply has some, too. */
async function play(world: World, observe: (name: string) => object) {
  const server = await world.endpoint({
    handlers: {
      login: ({ headers, setHeader }) => {
        setHeader('token', String(headers['token']));
        setHeader('by', 'node-7');
        return 'ok';
      },
      refuse: ({ headers, setHeader }) => {
        setHeader('token', String(headers['token']));
        return fail('wrong', `wrong ${String(headers['token'])}`);
      },
    },
    ...observe('server'),
  });
  const client = await world.endpoint(observe('client'));
  const peer = client.peer(server.address);
  const run = async () => {
    for (const name of ['login', 'refuse']) {
      await world.clock.runUntil(peer.call(name, [], { headers: HEADERS }));
      await world.settle();
    }
    world.errors.length = 0;
  };
  return { client, server, run };
}

t.test(
  'call and handler have the headers of the request, and the end of both those of the reply',
  inWorld(async (t, world) => {
    const { client, server, run } = await play(world, () => ({}));
    const [atClient, atServer] = [new Recorded(client), new Recorded(server)];
    await run();
    const shown = { token: SECRET, tenant: 'one', key: { '(bytes)': /^10 bytes: 70 6c/ } };
    const [call] = atClient.of('call');
    t.match(call, { headers: shown });
    t.match(atServer.of('handler')[0], { headers: shown });
    t.strictSame(call?.command, [
      ...['call', '10.0.0.1:1000', '--timeout', '5000'],
      ...['--header', `token=${SECRET}`, '--header', 'tenant=one'],
      ...['--header', `key=hex:${SECRET_BYTES.toString('hex')}`, 'login'],
    ]);
    const steps = (recorded: Recorded) => recorded.of('step').filter(({ final }) => final);
    const [resolved, rejected] = steps(atClient);
    const reply = { token: SECRET, by: 'node-7' };
    t.strictSame(resolved?.outcome?.['headers'], reply);
    t.strictSame(rejected?.outcome?.['headers'], { token: SECRET });
    const [replied, failed] = steps(atServer);
    t.strictSame(replied?.headers, reply);
    t.strictSame(failed?.headers, { token: SECRET });
    t.strictSame([atClient.faults(), atServer.faults()], [[], []]);
  }),
);

t.test(
  'without headers no record has any',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { ping: () => 'pong' } });
    const client = await world.endpoint();
    const recorded = [new Recorded(client), new Recorded(server)];
    await world.clock.runUntil(client.peer(server.address).call('ping'));
    await world.settle();
    t.notMatch(JSON.stringify(recorded.map(({ records }) => records)), 'headers');
  }),
);

/** The forms in which the secrets could be found. */
function traces(shown: unknown): string[] {
  const text = JSON.stringify(shown, (key, value: unknown) =>
    ['machine', 'logic', '_parent', 'src'].includes(key) ? 0 : value,
  );
  const found: string[] = [];
  for (const secret of [Buffer.from(SECRET), SECRET_BYTES]) {
    const hex = secret.toString('hex');
    const forms = [secret.toString(), hex, hex.replace(/..(?!$)/g, '$& ')];
    for (let shift = 0; shift < 3; shift += 1) {
      const base64 = Buffer.concat([Buffer.alloc(shift), secret]).toString('base64');
      forms.push(base64.slice(4, -4));
    }
    found.push(...forms.filter((form) => text.includes(form)));
  }
  return found;
}

const MASKS: Readonly<Record<string, Mask>> = {
  'the names of headers': ['token', 'KEY'],
  'all headers': ['headers'],
  'a function': ({ path }) => path.at(-1) === 'token' || path.at(-1) === 'key',
  'a function of the whole': ({ path }) => path.includes('headers'),
  'a function that throws': () => {
    throw new Error('no');
  },
};

for (const [what, mask] of Object.entries(MASKS)) {
  t.test(
    `a mask hides headers in records and datagrams: ${what}`,
    inWorld(async (t, world) => {
      const { client, server, run } = await play(world, () => ({}));
      const recorded = [new Recorded(client, { mask }), new Recorded(server, { mask })];
      await run();
      const records = recorded.flatMap((one) => one.records);
      t.same(traces(records), []);
      t.match(JSON.stringify(records), /"headers":\{[^}]*"token":"\(masked\)"/);
      t.same(
        recorded.flatMap((one) => one.faults()),
        [],
      );
      const [call] = recorded[0]?.of('call') ?? [];
      t.equal(call?.command, undefined);
    }),
  );

  t.test(
    `a mask hides headers from observers: ${what}`,
    inWorld(async (t, world) => {
      const seen: InspectionEvent[] = [];
      const snapshots: unknown[] = [];
      const inspect = legible(
        (event) => {
          seen.push(event);
          snapshots.push(event.actorRef.getSnapshot());
        },
        { mask },
      );
      const { run } = await play(world, () => ({ inspect }));
      await run();
      const shown = seen.map(({ actorRef: _, ...event }) => event);
      t.same(traces([shown, snapshots]), []);
      t.ok(seen.length > 10);
    }),
  );
}

t.test(
  'observers see headers in the contexts of calls and handlers, and in outcomes',
  inWorld(async (t, world) => {
    const contexts: string[] = [];
    const inspect = legible((event) => {
      const { context } = event.actorRef.getSnapshot() as { context?: object };
      if (context !== undefined) contexts.push(JSON.stringify(context));
    });
    const { run } = await play(world, () => ({ inspect }));
    await run();
    const has = (...words: string[]) =>
      contexts.some((text) => words.every((word) => text.includes(word)));
    t.ok(has('"headers":{"token":"xyzzy-Hunter2","tenant":"one"', '"calledAtMs"'), 'a call');
    t.ok(has('"headers":{"token":"xyzzy-Hunter2","tenant":"one"', '"receivedAtMs"'), 'a handler');
    t.ok(has('"outcome":{', '"headers":{"token":"xyzzy-Hunter2","by":"node-7"}'), 'an outcome');
  }),
);

const ID = 'ab'.repeat(20);
const LOGIN: Transaction = { procedure: 'login', hasMasked: false };
const encoded = (headers: CallHeaders) => {
  const map = encodeHeaders(headers, 400, (problem) => new Error(problem));
  if (map === undefined) throw new Error('there are headers');
  return map;
};
const show = (datagram: Buffer, mask: Mask, transaction: Transaction | undefined = LOGIN) => {
  const shown = maskedBytes(readFrame(datagram) as Frame, transaction, maskTest(mask));
  return { ...shown, bytes: Buffer.from(shown.base64, 'base64') };
};

t.test('of a masked header map all but the masked values stays', async (t) => {
  const map = requestHeaderMap('the trace', encoded({ token: SECRET, tenant: 'one' }));
  const datagram = encodeRequest(ID, 'login', ['a'], undefined, undefined, map).toDatagram();
  const { bytes, masked } = show(datagram, ['token']);
  t.equal(masked, true);
  const shown = headerMapOf(bytes);
  t.match(shown, { traceparent: 'the trace', attempt: 1 });
  t.strictSame({ ...shown?.headers }, { token: '(masked)', tenant: 'one' });
  const all = headerMapOf(show(datagram, ['headers']).bytes);
  t.strictSame({ ...all?.headers }, { token: '(masked)', tenant: '(masked)' });
  const { masked: untouched, bytes: same } = show(datagram, ['other']);
  t.equal(untouched, undefined);
  t.strictSame(same, datagram);
});

t.test('of a reply they are masked as parts of the outcome', async (t) => {
  const map = replyHeaderMap(encoded({ token: SECRET }));
  const datagram = encodeResponse(ID, 'ok', map).toDatagram();
  const paths: (readonly string[])[] = [];
  show(datagram, ({ path }) => paths.push(path) < 0);
  t.ok(paths.some((path) => path.join('.') === 'outcome.headers.token'));
  for (const mask of [['token'], ['outcome'], ['headers']]) {
    t.same(traces(show(datagram, mask).bytes.toString('base64')), [], mask.join());
  }
  const stray = { procedure: undefined, hasMasked: true };
  t.same(traces(show(datagram, ['x'], stray)), [], 'of an unknown call');
});

t.test('they are hidden in a frame where they mean nothing', async (t) => {
  const map = replyHeaderMap(encoded({ token: SECRET }));
  const cancel = encodeSignal('cancel', ID, map).toDatagram();
  t.same(traces(show(cancel, ['token']).base64), []);
  const undefinedTransaction = maskedBytes(
    readFrame(cancel) as Frame,
    undefined,
    maskTest(['token']),
  );
  t.same(traces(undefinedTransaction.base64), []);
});

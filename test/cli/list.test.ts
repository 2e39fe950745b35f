import { createSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import t from 'tap';
import type { Test } from 'tap';
import { z } from 'zod';
import { defineContract } from '../../src/contract/contract.js';
import { VERSION } from '../../src/copies/version.js';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import type { Handlers } from '../../src/api/handlers.js';
import { TYPE_BYTE } from '../../src/wire/frame-type.js';
import { runCommand } from '../fixtures/command.js';
import { frame, idOf, withHeaderMap } from '../fixtures/raw-peer.js';

async function serving(t: Test, options: object): Promise<string> {
  const endpoint = await createEndpoint({ host: '127.0.0.1', ...options });
  t.teardown(() => endpoint.close());
  return `127.0.0.1:${endpoint.address.port}`;
}

/** A socket that keeps what it gets, and answers nothing. */
async function silent(t: Test) {
  const socket = createSocket('udp4');
  const received: Buffer[] = [];
  socket.on('message', (datagram) => received.push(datagram));
  t.teardown(() => socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { socket, received, address: `127.0.0.1:${socket.address().port}` };
}

const contract = defineContract({
  greet: {
    description: 'Greets somebody.',
    args: z.tuple([z.string(), z.number().optional()]),
    result: z.object({ said: z.string() }),
    idempotent: true,
    timeoutMs: 2_000,
    maxBytes: 1_200,
  },
  'two words': {},
});
const CONTRACTED = {
  contract,
  handlers: { greet: () => ({ said: 'hello' }), 'two words': () => 1 },
  describe: true,
};

t.test('list prints the procedures of a peer, one a line', async (t) => {
  const address = await serving(t, CONTRACTED);
  t.strictSame(await runCommand(['list', address]), {
    exitCode: 0,
    stdout: 'greet        Greets somebody.\n"two words"\n',
    stderr: '',
  });
  const { exitCode, stdout, stderr } = await runCommand(['list', address, '--json']);
  t.strictSame([exitCode, stderr], [0, '']);
  t.match(JSON.parse(stdout), {
    version: VERSION,
    caller: /^127\.0\.0\.1:\d+$/,
    procedures: [{ name: 'greet', description: 'Greets somebody.' }, { name: 'two words' }],
  });
});

t.test('list prints one procedure with its signature, options and JSON Schema', async (t) => {
  const address = await serving(t, CONTRACTED);
  const { exitCode, stdout, stderr } = await runCommand(['list', address, 'greet']);
  t.strictSame([exitCode, stderr], [0, '']);
  const [signature, text, options, args, result] = stdout.split('\n\n');
  t.equal(signature, 'greet(string, number?) → { said }');
  t.equal(text, 'Greets somebody.');
  t.equal(options, 'idempotent, time-out 2,000 ms, at most 1,200 bytes');
  t.match(args, /^args: \{/);
  t.match(JSON.parse(result?.replace('result: ', '') ?? ''), { required: ['said'] });
  t.strictSame(await runCommand(['list', address, 'two words']), {
    exitCode: 0,
    stdout: '"two words"(…)\n\nnot idempotent\n\nargs: (no schema)\n\nresult: (no schema)\n',
    stderr: '',
  });
  const asJson = await runCommand(['list', address, 'greet', '--json']);
  t.match(JSON.parse(asJson.stdout), { name: 'greet', args: { type: 'array' } });
});

t.test('list asks for all pages', async (t) => {
  const names = Array.from({ length: 200 }, (_, index) => `procedure${index + 100}`);
  const handlers = Object.fromEntries(names.map((name) => [name, () => 1]));
  const { exitCode, stdout } = await runCommand([
    'list',
    await serving(t, { handlers, describe: true }),
  ]);
  t.equal(exitCode, 0);
  t.strictSame(stdout.trimEnd().split('\n'), names);
});

t.test('list sends headers, for middleware that protects the description', async (t) => {
  const address = await serving(t, {
    handlers: { a: () => 1 },
    describe: true,
    use: [
      ({ headers }: { headers: Record<string, unknown> }, next: () => unknown) => {
        if (headers['token'] !== 'secret') throw new Error('Who are you?');
        return next();
      },
    ],
  });
  t.match(await runCommand(['list', address]), { exitCode: 2, stderr: /Who are you\?\n$/ });
  t.match(await runCommand(['list', address, '--header', 'token=secret']), {
    exitCode: 0,
    stdout: 'a\n',
  });
});

t.test('where nothing is told, a sentence says what is known', async (t) => {
  const undescribed = await serving(t, { handlers: { a: () => 1 } });
  for (const words of [[], ['a']]) {
    t.strictSame(await runCommand(['list', undescribed, ...words]), {
      exitCode: 2,
      stdout: '',
      stderr:
        `error: ${undescribed} is an rpcudp endpoint, but does not describe itself: ` +
        `createEndpoint({ describe: true }), or rpcudp serve --describe\n`,
    });
  }
  const described = await serving(t, { handlers: { a: () => 1 }, describe: true });
  t.strictSame(await runCommand(['list', described, 'b']), {
    exitCode: 2,
    stdout: '',
    stderr: `error: ${described} offers no procedure b\n`,
  });
  const empty = await serving(t, { describe: true });
  t.strictSame(await runCommand(['list', empty]), {
    exitCode: 0,
    stdout: '',
    stderr: `${empty} offers no procedures\n`,
  });
});

t.test('a peer that does not answer a probe is sent nothing else', async (t) => {
  const { address, received } = await silent(t);
  const { exitCode, stdout, stderr } = await runCommand(['list', address, '--timeout', '2000']);
  t.strictSame([exitCode, stdout], [3, '']);
  t.match(stderr, /^error: no answer from \S+ in 2000 ms: .*; a peer that speaks only rpcudp 5\.x/);
  t.ok(received.length > 0);
  t.ok(
    received.every(([type]) => type === 0x0a),
    'probes alone',
  );
});

t.test('Ctrl-C ends it', async (t) => {
  const { socket, address } = await silent(t);
  const signals = new EventEmitter();
  socket.once('message', () => signals.emit('SIGINT'));
  t.match(await runCommand(['list', address], { signals }), {
    exitCode: 130,
    stderr: 'error: interrupted\n',
  });
});

/** A server that answers with anything. */
async function hostile(t: Test, describe: () => unknown): Promise<string> {
  const handlers: Handlers = { 'rpcudp.describe': describe, 'rpcudp.describeProcedure': describe };
  return await serving(t, { handlers, host: '127.0.0.1', closeGraceMs: 0 });
}

t.test('what a stranger tells cannot control the terminal', async (t) => {
  const nasty = 'a\u001b[2J\n\u202e';
  const procedures = [{ name: nasty, description: nasty }];
  const page = { version: nasty, features: [nasty], caller: nasty, procedures, more: false };
  const schema = { type: nasty, title: nasty, [nasty]: nasty };
  const one = { name: nasty, description: nasty, idempotent: false, args: schema, result: schema };
  // Of what is printed, only the ends of lines are control characters.
  const UNSAFE = /[^\P{Cc}\n]|\p{Cf}/u;
  for (const [told, words] of [
    [page, []],
    [one, [nasty]],
  ] as const) {
    const address = await hostile(t, () => told);
    for (const json of [[], ['--json']]) {
      const ended = await runCommand(['list', address, ...words, ...json]);
      t.equal(ended.exitCode, 0);
      t.notMatch(ended.stdout, UNSAFE);
    }
  }
});

t.test('what is no description gives a sentence, and a listing without end ends', async (t) => {
  let count = 0;
  const page = { version: '1', features: [], caller: '', more: true };
  const endless = () => ({
    ...page,
    procedures: Array.from({ length: 500 }, () => ({ name: `p${1e6 + (count += 1)}` })),
  });
  const table: readonly (readonly [describe: () => unknown, message: RegExp])[] = [
    [() => null, /no map with text keys/],
    [() => [[[]]], /no map with text keys/],
    [() => new Uint8Array(60_000), /no map with text keys/],
    [() => ({ ...page, procedures: [] }), /a page is empty, but not the last/],
    [() => ({ ...page, procedures: [{ name: 'same' }] }), /not in the order of their names/],
    [endless, /lists more than 10000 procedures/],
  ];
  for (const [describe, message] of table) {
    const { exitCode, stdout, stderr } = await runCommand(['list', await hostile(t, describe)]);
    t.strictSame([exitCode, stdout], [1, '']);
    t.match(stderr, /^error: The description cannot be read: [^\n]+\n$/);
    t.match(stderr, message);
  }
});

t.test('pages that come slowly have one time-out together', async (t) => {
  let pages = 0;
  const address = await hostile(t, async () => {
    // The last one never comes.
    if ((pages += 1) > 3) return await new Promise(() => undefined);
    return {
      ...{ version: '1', features: [], caller: '', more: true },
      procedures: [{ name: `p${pages}` }],
    };
  });
  const ended = await runCommand(['list', address, '--timeout', '2000']);
  t.match(ended, { exitCode: 3, stdout: '' });
  const [, waitedMs] = /in (\d+)(?:\.\d+)? ms/.exec(ended.stderr) ?? [];
  t.ok(Number(waitedMs) < 2_000, ended.stderr);
});

t.test('an answer that no endpoint can send is no answer', async (t) => {
  const { socket, address } = await silent(t);
  let deep: unknown = 'deep';
  for (let depth = 0; depth < 40; depth += 1) deep = { procedures: [deep] };
  socket.on('message', (datagram, { port, address }) => {
    const id = idOf(datagram);
    const isProbe = datagram[0] === TYPE_BYTE.probe;
    const answer = isProbe ? frame('present', id, null) : frame('response', id, deep);
    socket.send(withHeaderMap(answer), port, address);
  });
  for (const words of [[], ['a']]) {
    const ended = await runCommand(['list', address, ...words, '--timeout', '2000']);
    t.match(ended, { exitCode: 3, stdout: '', stderr: /^error: no answer from [^\n]+\n$/ });
  }
});

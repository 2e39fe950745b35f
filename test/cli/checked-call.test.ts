/** `rpcudp call` asks a peer that describes itself, and holds the arguments to what it tells. */
import { createSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { encode } from '@msgpack/msgpack';
import t from 'tap';
import type { Test } from 'tap';
import { z } from 'zod';
import { defineContract } from '../../src/contract/contract.js';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { runCommand } from '../fixtures/command.js';

// So long that a busy machine hears of the peer in the part of it that is waited for a sign.
const LONG = ['--timeout', '100000'];

async function serving(t: Test, options: object) {
  const endpoint = await createEndpoint({ host: '127.0.0.1', ...options });
  t.teardown(() => endpoint.close());
  const ran: string[] = [];
  endpoint.on('request.settled', ({ procedure, ending }) => ran.push(`${procedure} ${ending}`));
  return { address: `127.0.0.1:${endpoint.address.port}`, ran };
}

const contract = defineContract({
  greet: { args: z.tuple([z.string(), z.int().optional()]), result: z.string() },
  bytes: {},
});
const handlers = { greet: (_: unknown, name: string) => `Hello ${name}`, bytes: () => 1 };

t.test('arguments that do not fit are not sent, and the first is named', async (t) => {
  const { address, ran } = await serving(t, { contract, handlers, describe: true });
  const call = (...words: string[]) => runCommand(['call', address, ...words, ...LONG]);
  t.strictSame(await call('greet', '5'), {
    exitCode: 1,
    stdout: '',
    stderr:
      'error: greet does not take these arguments: args[0]: Instance type "number" is invalid. ' +
      'Expected "string" (type); nothing was sent, and --no-check sends it\n',
  });
  t.match(await call('greet', '--json'), { exitCode: 1, stdout: '', stderr: /: args: .*minItems/ });
  t.match(await call('greet', 'a', '1', '2'), { exitCode: 1, stderr: /: args: .*maxItems/ });
  t.ok(
    ran.every((line) => line === 'rpcudp.describeProcedure replied'),
    ran.join(),
  );
  t.strictSame(await call('greet', 'Snake'), {
    exitCode: 0,
    stdout: '"Hello Snake"\n',
    stderr: '',
  });
  t.match(await call('bytes', 'hex:00'), { exitCode: 0, stdout: '1\n', stderr: '' });
});

t.test('with --no-check nothing is asked, and the peer judges alone', async (t) => {
  const { address, ran } = await serving(t, { contract, handlers, describe: true });
  const ended = await runCommand(['call', address, 'greet', '5', '--no-check']);
  t.match(ended, { exitCode: 2, stderr: /rejected the call \(invalidArguments\)/ });
  t.strictSame(ran, ['greet invalidArguments']);
});

t.test('a peer that does not describe itself, or not this procedure, is called', async (t) => {
  const plain = await serving(t, { handlers });
  t.strictSame(await runCommand(['call', plain.address, 'greet', '5', ...LONG]), {
    exitCode: 0,
    stdout: '"Hello 5"\n',
    stderr: '',
  });
  t.strictSame(plain.ran, ['rpcudp.describeProcedure unknownProcedure', 'greet replied']);
  const described = await serving(t, { handlers, describe: true });
  t.match(await runCommand(['call', described.address, 'missing', ...LONG]), {
    exitCode: 2,
    stderr: /rejected the call \(unknownProcedure\)/,
  });
});

t.test('an old peer is sent the call alone, once, and a probe', async (t) => {
  const socket = createSocket('udp4');
  const received: number[] = [];
  socket.on('message', (datagram, { port, address }) => {
    received.push(datagram[0] ?? -1);
    // Like an old peer, it answers requests alone.
    if (datagram[0] !== 0) return;
    const answer = Buffer.concat([Buffer.of(1), datagram.subarray(1, 21), encode('old')]);
    socket.send(answer, port, address);
  });
  t.teardown(() => socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const address = `127.0.0.1:${socket.address().port}`;
  t.strictSame(await runCommand(['call', address, 'greet', '5', ...LONG]), {
    exitCode: 0,
    stdout: '"old"\n',
    stderr: '',
  });
  t.equal(received.filter((type) => type === 0).length, 1, 'one request');
  t.ok(
    received.every((type) => type === 0 || type === 0x0a),
    'else probes alone',
  );
  // They leave after 0, 1, 3, 7 and more seconds, and for two seconds their answer is waited for.
  t.ok(received.indexOf(0) <= 2, received.join());
});

t.test('the headers of the call are those of what is asked', async (t) => {
  const tokens: unknown[] = [];
  const { address } = await serving(t, {
    ...{ handlers, describe: true },
    use: [
      ({ headers }: { headers: Record<string, unknown> }, next: () => unknown) => {
        tokens.push(headers['token']);
        return next();
      },
    ],
  });
  const ended = await runCommand(['call', address, 'bytes', '--header', 'token=secret', ...LONG]);
  t.equal(ended.exitCode, 0);
  t.strictSame(tokens, ['secret', 'secret']);
});

t.test('mistakes of the command line are told before anything is sent', async (t) => {
  const { address, ran } = await serving(t, { contract, handlers, describe: true });
  for (const words of [
    ['greet', 'a', '--attempts', '17'],
    ['greet', 'a', '--timeout', '2147483648'],
    ['greet', '18446744073709551616'],
    ['greet', 'a', '--header', 'bad name=x'],
  ]) {
    t.match(await runCommand(['call', address, ...words]), { exitCode: 1, stdout: '' });
  }
  t.strictSame(ran, []);
});

t.test('Ctrl-C while the peer is asked ends the command', async (t) => {
  const signals = new EventEmitter();
  const { address, ran } = await serving(t, {
    handlers: {
      'rpcudp.describeProcedure': () => {
        signals.emit('SIGINT');
        return new Promise(() => undefined);
      },
      greet: () => 1,
    },
    closeGraceMs: 0,
  });
  t.strictSame(await runCommand(['call', address, 'greet', ...LONG], { signals }), {
    exitCode: 130,
    stdout: '',
    stderr: 'error: interrupted; the procedure did not run\n',
  });
  t.notOk(ran.some((line) => line.startsWith('greet')));
});

t.test('a hostile description costs a warning, and the call is made', async (t) => {
  const told = { name: 'p', idempotent: false };
  const slow = { prefixItems: [{ pattern: '^(a+)+$' }] };
  for (const [answer, warning] of [
    [null, /were not checked: The description cannot be read/],
    [{ ...told, name: 'q' }, /that of another procedure/],
    [{ ...told, args: 'x' }, /'args' is not a JSON Schema/],
    [{ ...told, args: { $ref: 'http://h/\u001b[2J' } }, /were not checked: its JSON Schema: /],
    [{ ...told, args: slow }, /its JSON Schema: it takes more than 1000 ms/],
  ] as const) {
    const { address } = await serving(t, {
      handlers: { 'rpcudp.describeProcedure': () => answer, p: () => 'called' },
    });
    const words = ['call', address, 'p', `${'a'.repeat(40)}!`, ...LONG];
    const { exitCode, stdout, stderr } = await runCommand(words);
    t.strictSame([exitCode, stdout], [0, '"called"\n']);
    t.match(stderr, /^warning: the arguments of p were not checked: [^\n]+\n$/);
    t.match(stderr, warning);
    t.notMatch(stderr, /\u001b/);
  }
});

import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { EventEmitter, on, once } from 'node:events';
import { Writable } from 'node:stream';
import { encode } from '@msgpack/msgpack';
import t from 'tap';
import type { Test } from 'tap';
import { Output } from '../../src/cli/output.js';
import { run } from '../../src/cli/program.js';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { CommandProcess, runCommand } from '../fixtures/command.js';

// Real processes, each of which must load TypeScript.
t.setTimeout(180_000);

async function server(t: Test): Promise<string> {
  const endpoint = await createEndpoint({
    host: '127.0.0.1',
    handlers: {
      sayhi: (_scope, name: string) => `Hello ${name}`,
      add: (_scope, ...numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0),
      echo: (_scope, ...args: unknown[]) => args,
    },
  });
  t.teardown(() => endpoint.close());
  return `127.0.0.1:${endpoint.address.port}`;
}

/** A socket that answers each request with these bytes after its id, if any are given. */
async function rawServer(t: Test, type?: number, body: unknown = null) {
  const socket = createSocket('udp4', (request, { port, address }) => {
    // Like an old peer, it answers no probe.
    if (type === undefined || request[0] !== 0) return;
    const answer = Buffer.concat([Buffer.of(type), request.subarray(1, 21), encode(body)]);
    socket.send(answer, port, address);
  });
  t.teardown(() => socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { socket, address: `127.0.0.1:${socket.address().port}` };
}

/** The first request that arrives. Before it there may be a probe. */
async function firstRequest(socket: Socket): Promise<[request: Buffer, port: number]> {
  for await (const [datagram, { port }] of on(socket, 'message') as AsyncIterable<
    [Buffer, { port: number }]
  >) {
    if (datagram[0] === 0) return [datagram, port];
  }
  throw new Error('no request');
}

t.test('a call prints its value as JSON and exits 0', async (t) => {
  const address = await server(t);
  const call = async (...words: string[]) => {
    const { exitCode, stdout, stderr } = await runCommand(['call', address, ...words]);
    t.equal(exitCode, 0);
    t.equal(stderr, '');
    return stdout;
  };
  t.equal(await call('sayhi', 'Snake Plissken'), '"Hello Snake Plissken"\n');
  t.equal(await call('add', '-1', '2', '-0.5e1', '--timeout', '1000'), '-4\n');
  t.equal(await call('echo', '--', '-x', '--json'), '["-x", "--json"]\n');
  t.equal(
    await call('echo', '9007199254740993', 'hex:00ff', 'text:hex:0', '{"a":[null]}'),
    '[9007199254740993, "hex:00ff", "text:hex:0", { "a": [null] }]\n',
  );
});

t.test('a call has headers, and prints those of the reply with the outcome', async (t) => {
  const endpoint = await createEndpoint({
    host: '127.0.0.1',
    handlers: {
      show: ({ headers, setHeader }) => {
        setHeader('served-by', Uint8Array.of(7));
        return { ...headers };
      },
    },
  });
  t.teardown(() => endpoint.close());
  const address = `127.0.0.1:${endpoint.address.port}`;
  const call = (...words: string[]) => runCommand(['call', address, 'show', ...words]);
  const headers = ['--header', 'token=a=b', '--header', 'key=hex:00ff'];
  const { exitCode, stdout } = await call(...headers);
  t.equal(exitCode, 0);
  t.equal(stdout, '{ "token": "a=b", "key": "hex:00ff" }\n');
  t.match((await call(...headers, '--json')).stdout, '"headers": { "served-by": "hex:07" }');
  for (const [word, words] of [
    ['token', /argument 'token' is invalid. It is not name=value/],
    ['bad name=x', /has the name "bad name"/],
    [`token=${'x'.repeat(400)}`, /may take at most 400 bytes/],
  ] as const) {
    const { exitCode, stderr } = await call('--header', word);
    t.equal(exitCode, 1);
    t.match(stderr, words);
  }
});

t.test('the output of a call can be an argument of the next', async (t) => {
  const address = await server(t);
  const first = await runCommand([
    'call',
    address,
    'echo',
    'hex:00ff',
    '18446744073709551615',
    'a',
  ]);
  const second = await runCommand(['call', address, 'echo', first.stdout]);
  t.equal(second.stdout, `[${first.stdout.trimEnd()}]\n`);
});

t.test('--json prints the whole outcome', async (t) => {
  const { exitCode, stdout } = await runCommand(['call', await server(t), 'sayhi', 'a', '--json']);
  t.equal(exitCode, 0);
  const outcome = JSON.parse(stdout) as { readonly rttMs: number };
  t.match(outcome, { state: 'resolved', value: 'Hello a', rttMs: Number, attempts: 1 });
  t.match(String(outcome.rttMs), /^\d+(\.\d{1,3})?$/);
});

t.test('a rejected call exits 2, and its error cannot control the terminal', async (t) => {
  const { address } = await rawServer(t, 2, ['E_\u001b', 'no\u001b[2J', { why: 1 }]);
  t.strictSame(await runCommand(['call', address, 'p']), {
    exitCode: 2,
    stdout: '',
    stderr: `error: ${address} rejected the call ("E_\\u{1b}"): no\\u{1b}[2J\n`,
  });
  const { exitCode, stdout } = await runCommand(['call', address, 'p', '--json']);
  t.equal(exitCode, 2);
  t.strictSame((JSON.parse(stdout) as { readonly error: unknown }).error, {
    name: 'RemoteError',
    code: 'E_\u001b',
    message: 'no\u001b[2J',
    data: { why: 1 },
  });
});

t.test('a call that times out exits 3 and says what is known', async (t) => {
  const { address } = await rawServer(t);
  // So long that a busy machine cannot be the reason.
  const line = ['call', address, 'p', '--timeout', '2000'];
  t.match(await runCommand(line), {
    exitCode: 3,
    stdout: '',
    stderr:
      /^error: no answer from \S+ in 2000 ms: nothing was heard from the peer \(sent once\)\n$/,
  });
  const { exitCode, stdout, stderr } = await runCommand([...line, '--json']);
  t.equal(exitCode, 3);
  t.equal(stderr, '');
  t.strictSame(JSON.parse(stdout), {
    state: 'timedOut',
    verdict: 'peerSilent',
    executed: 'maybe',
    timeoutMs: 2_000,
    attempts: 1,
  });
});

t.test('a call that cannot be sent exits 1', async (t) => {
  // The machine's resolver may need some time, when it asks others.
  const line = ['call', 'nowhere.invalid:7', 'p', '--timeout', '20000'];
  t.match(await runCommand(line), {
    exitCode: 1,
    stdout: '',
    stderr: /^error: nothing was sent to nowhere\.invalid:7: .*nowhere\.invalid\n$/,
  });
  const { exitCode, stdout } = await runCommand([...line, '--json']);
  t.equal(exitCode, 1);
  t.match(JSON.parse(stdout), { state: 'unsent', error: { name: 'Error', message: String } });
});

t.test('Ctrl-C cancels the call', async (t) => {
  const { socket, address } = await rawServer(t);
  const signals = new EventEmitter();
  void firstRequest(socket).then(() => signals.emit('SIGINT'));
  const { exitCode, stdout } = await runCommand(['call', address, 'p', '--json'], { signals });
  t.equal(exitCode, 130);
  t.match(JSON.parse(stdout), {
    state: 'cancelled',
    executed: 'maybe',
    reason: { name: 'InterruptedError', message: 'The command was interrupted' },
  });
});

t.test('an interrupted process ends at once, with exit code 130 and a sentence', async (t) => {
  const { socket, address } = await rawServer(t);
  const calling = new CommandProcess(t, ['call', address, 'p'], process.cwd());
  await firstRequest(socket);
  t.strictSame(await calling.endsBy('SIGINT'), {
    exitCode: 130,
    stdout: '',
    stderr: 'error: interrupted; the procedure may have run\n',
    atOnce: true,
  });
});

t.test('a process whose reader has left ends with the exit code of the outcome', async (t) => {
  const { socket, address } = await rawServer(t);
  const calling = new CommandProcess(t, ['call', address, 'p'], process.cwd());
  const [request, port] = await firstRequest(socket);
  calling.stopReading();
  socket.send(Buffer.concat([Buffer.of(1), request.subarray(1, 21), encode(1)]), port, '127.0.0.1');
  t.match(await calling.ended(), { exitCode: 0, stderr: '' });
});

t.test('a value that cannot be written is an error', async (t) => {
  const full = new Writable({
    write: (_chunk, _encoding, done) => {
      done(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
    },
  });
  let said = '';
  const stderr = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      said += chunk.toString();
      done();
    },
  });
  const world = {
    stdout: new Output(full),
    stderr: new Output(stderr),
    signals: new EventEmitter(),
    cwd: process.cwd(),
  };
  t.equal(await run(['call', await server(t), 'sayhi', 'a'], world), 1);
  t.equal(said, 'error: no space left on device\n');
});

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import type { Test } from 'tap';
import type { Peer } from '../../src/api/peer.js';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { CommandProcess, runCommand } from '../fixtures/command.js';

// Real processes, each of which must load TypeScript.
t.setTimeout(180_000);

const MODULE = `
  setInterval(() => {}, 1_000);
  export const handlers = {
    sayhi: ({ sender }, name) => \`Hello \${name} at \${sender.host}\`,
    long: () => { throw new Error('x'.repeat(1_000)); },
    fail: () => { throw new Error('out of \\u001bsnakes'); },
    stop: (_scope, times) => {
      for (let count = 0; count < times; count += 1) process.emit('SIGINT');
      return new Promise(() => {});
    },
  };
`;

const LISTENING = /^listening on (127\.0\.0\.1:\d+)\n/;

async function serving(t: Test, ...options: string[]) {
  const cwd = t.testdir({ 'handlers.mjs': MODULE });
  const served = new CommandProcess(t, ['serve', 'handlers.mjs', ...options], cwd);
  const [, address = ''] = await served.printed(LISTENING);
  const client = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => client.close());
  return { served, peer: client.peer(address) };
}

t.test('serve prints where it listens, and a line for each request', async (t) => {
  const { served, peer } = await serving(t);
  t.match(await peer.call('sayhi', ['Snake']), { value: 'Hello Snake at 127.0.0.1' });
  peer.call('fail').cancel();
  await served.printed(/fail failed/);
  peer.call('constructor').cancel();
  await served.printed(/constructor/);
  served.kill('SIGINT');
  const { exitCode, stdout, stderr } = await served.ended();
  t.equal(exitCode, 0);
  t.equal(stderr, '');
  const [, ...lines] = stdout.trimEnd().split('\n');
  const start = /^\d\d:\d\d:\d\d\.\d{3} 127\.0\.0\.1:\d+ /;
  t.ok(lines.every((line) => start.test(line)));
  t.match(
    lines.map((line) => line.replace(start, '')),
    [
      /^sayhi replied \d+\.\d ms 49 bytes$/,
      /^fail failed \d+\.\d ms: out of \\u\{1b\}snakes$/,
      /^constructor unknown procedure$/,
    ],
  );
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  t.test(`${signal} ends an idle server at once, though its module has a timer`, async (t) => {
    const { served } = await serving(t);
    t.match(await served.endsBy(signal), { exitCode: 0, stderr: '', atOnce: true });
  });
}

t.test('Ctrl-C waits a moment for a running procedure, and a second Ctrl-C does not', async (t) => {
  const patient = await serving(t);
  patient.peer.call('stop', [1]).cancel();
  t.match(await patient.served.ended(), { exitCode: 0, stderr: '' });
  const hasty = await serving(t);
  const call = hasty.peer.call('stop', [2]);
  t.match(
    await call,
    { state: 'rejected', error: { code: 'handlerFailed' } },
    'its caller is told',
  );
  t.match(await hasty.served.ended(), { exitCode: 130, stderr: '' });
});

t.test('a server ends without a message when its reader has left', async (t) => {
  const { served, peer } = await serving(t);
  served.stopReading();
  peer.call('sayhi').cancel();
  t.match(await served.ended(), { exitCode: 0, stderr: '' });
});

/** Makes as many calls as fill the pipe, and then what may wait for it. Each is a line of 1 KB. */
async function fillPipe(peer: Peer): Promise<number> {
  const turns = 50;
  const callsInTurn = 60;
  for (let turn = 0; turn < turns; turn += 1) {
    const calls = Array.from({ length: callsInTurn }, () => peer.call('long', [], { attempts: 1 }));
    for (const call of calls) if ((await call).state !== 'rejected') throw new Error('not served');
  }
  return turns * callsInTurn;
}

t.test(
  'a reader that stops reading loses lines, is told how many, and gets the next',
  async (t) => {
    const { served, peer } = await serving(t);
    served.pauseReading();
    const calls = await fillPipe(peer);
    served.resumeReading();
    const [notice, count = ''] = await served.printed(/\(([\d,]+) lines are missing here: .*\n/);
    t.equal(await peer.call('sayhi', ['Snake']).value(), 'Hello Snake at 127.0.0.1');
    await served.printed(/sayhi replied .*\n/);
    served.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await served.ended();
    t.strictSame([exitCode, stderr], [0, '']);
    const printed = stdout.split('\n').filter((line) => line.includes(' long failed ')).length;
    t.equal(printed + Number(count.replaceAll(',', '')), calls, 'every line is printed or counted');
    t.ok(stdout.indexOf(notice) < stdout.indexOf('sayhi'));
  },
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  t.test(`${signal} ends a server whose output nobody reads`, async (t) => {
    const { served, peer } = await serving(t);
    served.pauseReading();
    const calls = await fillPipe(peer);
    served.kill(signal);
    t.equal(await served.exited(), 0);
    served.resumeReading();
    const { stderr } = await served.ended();
    const pattern = /^warning: nobody read stdout in time; lines not printed: ([\d,]+)\n$/;
    const count = Number(pattern.exec(stderr)?.[1]?.replaceAll(',', ''));
    t.ok(count > 0 && count < calls, stderr);
  });
}

t.test('an address that cannot be bound gives a sentence and exit code 1', async (t) => {
  const cwd = t.testdir({ 'handlers.mjs': 'export const handlers = { a: () => 1 };' });
  const socket = createSocket('udp4');
  t.teardown(() => socket.close());
  socket.bind({ address: '127.0.0.1', port: 0, exclusive: true });
  await once(socket, 'listening');
  const port = String(socket.address().port);
  const refused: readonly (readonly [options: string[], message: RegExp])[] = [
    [['--port', port], /^error: Cannot bind 127\.0\.0\.1:\d+: the address is in use; .*\n$/],
    [['--port', '65536'], /^error: Local port 65536 is not an integer from 0 to 65535\n$/],
    [['--host', 'localhost'], /^error: Cannot bind to the name "localhost"; .*\n$/],
  ];
  for (const [options, message] of refused) {
    const { exitCode, stdout, stderr } = await runCommand(['serve', 'handlers.mjs', ...options], {
      cwd,
    });
    t.equal(exitCode, 1);
    t.equal(stdout, '');
    t.match(stderr, message);
  }
});

t.test('a module that cannot be served gives a sentence and exit code 1', async (t) => {
  const cwd = t.testdir({ 'five.mjs': 'export const handlers = { five: 5 };' });
  t.strictSame(await runCommand(['serve', 'five.mjs'], { cwd }), {
    exitCode: 1,
    stdout: '',
    stderr: 'error: handlers.five must be a function, but is of type number\n',
  });
  t.match(await runCommand(['serve', 'six.mjs'], { cwd }), {
    exitCode: 1,
    stderr: /^error: There is no module .*six\.mjs\n$/,
  });
});

t.test('a module that exports a contract is served with it', async (t) => {
  const source = JSON.stringify(pathToFileURL(resolve('src/index.ts')).href);
  const cwd = t.testdir({
    'handlers.mjs': `
      import { defineContract } from ${source};
      const validate = (value) =>
        typeof value[0] === 'number' ? { value } : { issues: [{ message: 'no number', path: [0] }] };
      const args = { '~standard': { version: 1, vendor: 'by hand', validate } };
      export const contract = defineContract({ double: { args }, old: {} });
      export const handlers = { double: (_scope, number) => 2 * number, old: () => 1 };
    `,
  });
  const served = new CommandProcess(t, ['serve', 'handlers.mjs', '--host', '127.0.0.1'], cwd);
  const [, address = ''] = await served.printed(LISTENING);
  const client = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => client.close());
  const peer = client.peer(address);
  t.match(await peer.call('double', [21]), { state: 'resolved', value: 42 });
  t.match(await peer.call('double', ['two']), {
    state: 'rejected',
    executed: 'no',
    error: { code: 'invalidArguments', data: [{ path: 'args[0]', message: 'no number' }] },
  });
  await served.printed(/double invalid arguments/);
  served.kill('SIGINT');
  t.match(await served.ended(), { exitCode: 0, stderr: '' });
});

t.test('a module that exports middleware is served with it', async (t) => {
  const cwd = t.testdir({
    'handlers.mjs': `
      export const use = [(_request, next) => next({ unit: 'm' })];
      export const handlers = { double: ({ context }, number) => 2 * number + context.unit };
    `,
    'wrong.mjs': 'export const handlers = { a: () => 1 }; export const use = ["auth"];',
  });
  const served = new CommandProcess(t, ['serve', 'handlers.mjs', '--host', '127.0.0.1'], cwd);
  const [, address = ''] = await served.printed(LISTENING);
  const client = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => client.close());
  t.match(await client.peer(address).call('double', [21]), { value: '42m' });
  served.kill('SIGINT');
  t.match(await served.ended(), { exitCode: 0, stderr: '' });
  t.strictSame(await runCommand(['serve', 'wrong.mjs'], { cwd }), {
    exitCode: 1,
    stdout: '',
    stderr: "error: The option 'use[0]' must be a function, but is of type string\n",
  });
});

t.test('a served module describes itself, if it says so or is told to', async (t) => {
  const cwd = t.testdir({
    'told.mjs': 'export const handlers = { a: () => 1 };',
    'says.mjs': 'export const handlers = { a: () => 1 }; export const describe = { a: "One." };',
    'wrong.mjs': 'export const handlers = { a: () => 1 }; export const describe = { b: "Two." };',
  });
  for (const [words, printed] of [
    [['told.mjs', '--describe'], 'a\n'],
    [['says.mjs'], 'a  One.\n'],
    [['told.mjs'], ''],
  ] as const) {
    const served = new CommandProcess(t, ['serve', ...words], cwd);
    const [, address = ''] = await served.printed(LISTENING);
    t.match(await runCommand(['list', address]), { stdout: printed }, words.join(' '));
    served.kill('SIGINT');
    await served.ended();
  }
  t.match(await runCommand(['serve', 'wrong.mjs'], { cwd }), {
    exitCode: 1,
    stderr: /^error: The option 'describe' has a doc string of "b", but no handler .*\n$/,
  });
});

t.test('a contract that is invalid, or that its module violates, gives a sentence', async (t) => {
  const source = JSON.stringify(pathToFileURL(resolve('src/index.ts')).href);
  const cwd = t.testdir({
    'none.mjs': 'export const handlers = { a: () => 1 }; export const contract = {};',
    'less.mjs': `
      import { defineContract } from ${source};
      export const contract = defineContract({ a: {}, b: {} });
      export const handlers = { a: () => 1 };
    `,
  });
  t.strictSame(await runCommand(['serve', 'none.mjs'], { cwd }), {
    exitCode: 1,
    stdout: '',
    stderr: "error: The option 'contract' must be a contract made by defineContract\n",
  });
  t.match(await runCommand(['serve', 'less.mjs'], { cwd }), {
    exitCode: 1,
    stdout: '',
    stderr: /^error: .*"b".*\n$/,
  });
});

import { EventEmitter, once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import { WebSocketServer } from 'ws';
import { Output } from '../../src/cli/output.js';
import { run } from '../../src/cli/program.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { serveInspector } from '../../src/inspector/hub/server.js';
import { CommandProcess, runCommand } from '../fixtures/command.js';
import { countsRecord, endpointRecord, sampleTraffic } from '../fixtures/inspection-records.js';

// A look takes more than a second, and counts change twice a second.
t.setTimeout(180_000);

/** A terminal that remembers its screen. Emits `picture` with each picture. */
class FakeTerminal extends EventEmitter implements Terminal {
  readonly size = { width: 80, height: 24 };
  readonly colours = false;
  isTaken = false;
  press: (key: string) => void = () => undefined;

  take(onKey: (key: string) => void): void {
    this.isTaken = true;
    this.press = onKey;
  }

  draw(lines: readonly string[]): void {
    this.emit('picture', lines.join('\n'));
  }

  giveBack(): void {
    this.isTaken = false;
  }

  async shows(pattern: RegExp): Promise<string> {
    for (;;) {
      const [picture] = (await once(this, 'picture')) as [string];
      if (pattern.test(picture)) return picture;
    }
  }
}

/** `rpcudp top` with a terminal, in this process. */
function topAt(terminal: Terminal, ...words: string[]) {
  const stdout = new PassThrough();
  const signals = new EventEmitter();
  const stderr = new PassThrough();
  const ended = run(['top', ...words], {
    stdout: new Output(stdout),
    stderr: new Output(stderr),
    terminal,
    signals,
    cwd: process.cwd(),
  });
  return { ended, signals, stdout, said: text(stderr.resume()) };
}

async function sampleInspector(t: Test) {
  const inspector = await serveInspector([], { records: sampleTraffic(7, 300) });
  t.teardown(() => inspector.close());
  return inspector;
}

t.test('without a terminal it prints once', async (t) => {
  const { url } = await sampleInspector(t);
  const { exitCode, stdout, stderr } = await runCommand(['top', url]);
  t.strictSame([exitCode, stderr], [0, '']);
  t.match(stdout, /^ENDPOINT +ADDRESS +STATE/);
  t.match(stdout, /\nclient +127\.0\.0\.1:5678 +■ recorded/);
  t.match(stdout, /timed out: Nothing was heard from the peer since\./);
  t.match(stdout, /request\.replayed 18 .* = 302 in 302 datagrams\n/);
  t.notMatch(stdout, '\u001b');
});

t.test('--json prints once as JSON', async (t) => {
  const { url } = await sampleInspector(t);
  const { exitCode, stdout } = await runCommand(['top', url, '--json']);
  t.equal(exitCode, 0);
  t.match(JSON.parse(stdout), {
    endpoints: [
      {
        name: 'client',
        state: 'recorded',
        counts: { callsMade: { count: 300 }, framesReceived: 284 },
      },
      { name: 'server', counts: { fates: { 'request.replayed': { count: 18 } } } },
    ],
    leftOut: { endpoints: 0, peers: 0 },
  });
});

t.test('in a terminal the counts change, and are those of the endpoint', async (t) => {
  const endpoint = await createEndpoint({ host: '127.0.0.1', handlers: { ping: () => 'pong' } });
  const inspector = await serveInspector(endpoint, { name: 'both' });
  const terminal = new FakeTerminal();
  const { ended } = topAt(terminal, inspector.url);
  await terminal.shows(/\nboth +127\.0\.0\.1:\d+ +● open/);
  t.equal(terminal.isTaken, true);
  const peer = endpoint.peer(endpoint.address);
  for (let call = 0; call < 7; call += 1) await peer.call('ping');
  const picture = await terminal.shows(/\nboth +7 +7 /);
  t.match(picture, 'response.matched 7 ');
  t.match(await terminal.shows(/= 14 in 14 datagrams/), 'request.run 7 ');

  await endpoint.close();
  await terminal.shows(/\nboth .*○ closed/);
  terminal.press('q');
  t.equal(await ended, 0);
  t.equal(terminal.isTaken, false);
  await inspector.close();
});

for (const [how, end] of [
  ['Ctrl-C as a key', ({ press }: FakeTerminal) => press('\u0003')],
  ['SIGINT', (_: FakeTerminal, signals: EventEmitter) => signals.emit('SIGINT')],
  ['SIGTERM', (_: FakeTerminal, signals: EventEmitter) => signals.emit('SIGTERM')],
] as const) {
  t.test(`${how} restores the terminal and ends it`, async (t) => {
    const { url } = await sampleInspector(t);
    const terminal = new FakeTerminal();
    const { ended, signals } = topAt(terminal, url);
    await terminal.shows(/rpcudp top/);
    terminal.press('x');
    end(terminal, signals);
    t.equal(await ended, 0);
    t.equal(terminal.isTaken, false);
  });
}

t.test('when an inspector goes away, the screen says so, and keeps what was known', async (t) => {
  const inspector = await sampleInspector(t);
  const terminal = new FakeTerminal();
  const { ended } = topAt(terminal, inspector.url);
  await terminal.shows(/client/);
  await inspector.close();
  t.match(await terminal.shows(/✕ the inspector is gone/), /\nclient /);
  terminal.press('q');
  await ended;
});

t.test('without a URL it serves an inspector, and shows where to feed it', async (t) => {
  const terminal = new FakeTerminal();
  const { ended } = topAt(terminal);
  await terminal.shows(/\nfeed http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/\nNo endpoint/);
  terminal.press('q');
  t.equal(await ended, 0);
});

t.test('a mistake is reported before the screen is taken', async (t) => {
  const terminal = new FakeTerminal();
  const url = 'http://127.0.0.1:1/0123456789abcdef0123456789abcdef/';
  t.equal(await topAt(terminal, url).ended, 1);
  t.equal(terminal.isTaken, false);
  for (const [words, message] of [
    [[url], /^error: No inspector answers at 127\.0\.0\.1:1: connect ECONNREFUSED/],
    [['nonsense'], /^error: "nonsense" is not the URL of an inspector/],
    [[], /^error: without a URL, top needs a terminal and neither --once nor --json\n$/],
  ] as const) {
    const { exitCode, stdout, stderr } = await runCommand(['top', ...words]);
    t.strictSame([exitCode, stdout], [1, '']);
    t.match(stderr, message);
  }
});

t.test('as a process with its output in a pipe it ends by itself', async (t) => {
  const { url } = await sampleInspector(t);
  const { exitCode, stdout, stderr } = await new CommandProcess(
    t,
    ['top', url],
    process.cwd(),
  ).ended();
  t.strictSame([exitCode, stderr], [0, '']);
  t.match(stdout, /^ENDPOINT/);
});

/** Longer than a look. */
const LONG_MS = 2_000;

/** An inspector that needs long to tell what it knows: that 100 datagrams arrived, and then 900. */
async function slowInspector(t: Test): Promise<string> {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const sockets = new WebSocketServer({ server: http });
  const { stats, ...rest } = countsRecord();
  const counts = (seq: number, received: number) => ({
    ...rest,
    seq,
    stats: { ...stats, received },
  });
  sockets.on('connection', (socket) => {
    const send = (caughtUp: boolean, records: readonly object[]) => {
      const head = { hub: 'h', position: 1, reset: !caughtUp };
      socket.send(JSON.stringify({ ...head, caughtUp, callsDropped: 0, records }));
    };
    send(false, [endpointRecord(), counts(1, 100)]);
    setTimeout(() => send(true, [counts(2, 900)]), LONG_MS);
  });
  t.teardown(() => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return `http://127.0.0.1:${port}/${'0'.repeat(32)}/`;
}

t.test('it prints what the inspector knows, not the half of it that has come', async (t) => {
  const { stdout } = await runCommand(['top', await slowInspector(t), '--json']);
  t.match(JSON.parse(stdout), { endpoints: [{ counts: { datagramsReceived: 900 } }] });
});

t.test('in a terminal it says that it is catching up, until it has', async (t) => {
  const terminal = new FakeTerminal();
  const { ended } = topAt(terminal, await slowInspector(t));
  await terminal.shows(/catching up…/);
  await terminal.shows(/1 open of 1/);
  terminal.press('q');
  t.equal(await ended, 0);
});

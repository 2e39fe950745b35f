import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { feedInspector } from '../../src/inspector/hub/feed.js';
import type { InspectionRecord } from '../../src/inspector/record.js';
import { serveInspector } from '../../src/inspector/hub/server.js';
import { CommandProcess, runCommand } from '../fixtures/command.js';
import { sampleTraffic } from '../fixtures/inspection-records.js';
import { WatchingPage } from '../fixtures/inspector-client.js';

// Real processes, each of which must load TypeScript.
t.setTimeout(180_000);

const INSPECTOR = /^inspector: (http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/)\n/m;
const MODULE = `
  export const handlers = { sayhi: (_scope, name) => 'Hello ' + name.first, login: () => ({ token: 'hunter2' }) };
`;

function started(t: Test, words: readonly string[], cwd = t.testdir({ 'handlers.mjs': MODULE })) {
  return new CommandProcess(t, words, cwd);
}

async function inspectorOf(command: CommandProcess, stream: 'stdout' | 'stderr'): Promise<string> {
  const [, url = ''] = await command.printed(INSPECTOR, stream);
  return url;
}

async function listeningAddress(command: CommandProcess): Promise<string> {
  const [, address = ''] = await command.printed(/^listening on (.*)\n/);
  return address;
}

const has =
  (type: InspectionRecord['type']) =>
  (records: readonly InspectionRecord[]): boolean =>
    records.some((record) => record.type === type);

t.test('inspect prints its URL, and when endpoints come and go', async (t) => {
  const inspecting = started(t, ['inspect']);
  const url = await inspectorOf(inspecting, 'stdout');
  const endpoint = await createEndpoint({ host: '127.0.0.1' });
  const feed = feedInspector(endpoint, url, { name: 'a\u001bb' });
  await inspecting.printed(/is inspected\n/);
  await endpoint.close();
  await inspecting.printed(/closed\n/);
  await feed.close();
  const other = await createEndpoint({ host: '127.0.0.1' });
  const brief = feedInspector(other, url);
  await inspecting.printed(/is inspected\n.*\n.*is inspected\n/);
  await brief.close();
  await inspecting.printed(/lost/);
  await other.close();
  inspecting.kill('SIGINT');
  const { exitCode, stdout, stderr } = await inspecting.ended();
  t.equal(exitCode, 0);
  t.equal(stderr, '');
  const named = `"a\\u{1b}b" at 127.0.0.1:${endpoint.address.port}, process ${process.pid},`;
  const unnamed = `127.0.0.1:${other.address.port}, process ${process.pid},`;
  t.strictSame(stdout.split('\n').slice(1), [
    `${named} is inspected`,
    `${named} closed`,
    `${unnamed} is inspected`,
    `${unnamed} was lost: its process ended or detached from it`,
    '',
  ]);
});

t.test('inspect shows a recording', async (t) => {
  const records = sampleTraffic(9, 20);
  const cwd = t.testdir();
  const lines = [...records.map((record) => JSON.stringify(record)), 'no record', ''];
  writeFileSync(join(cwd, 'calls.jsonl'), lines.join('\n'));
  const inspecting = started(t, ['inspect', 'calls.jsonl'], cwd);
  const page = new WatchingPage(await inspectorOf(inspecting, 'stdout'));
  await page.sees((seen) => seen.length === records.length + 2);
  t.strictSame(page.records.slice(0, -2), records);
  t.match(page.records.slice(-2), [{ recorded: true }, { recorded: true }]);
  inspecting.kill('SIGTERM');
  t.match(await inspecting.ended(), {
    exitCode: 0,
    stderr: /^warning: calls\.jsonl has 1 line that is not a record; it is left out\n$/,
  });
  t.equal(await page.closed(), 1001);
});

t.test('serve --inspect shows what it serves, and the inspector ends with it', async (t) => {
  const serving = started(t, ['serve', 'handlers.mjs', '--inspect', '--mask', 'token, First']);
  const url = await inspectorOf(serving, 'stderr');
  const client = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => client.close());
  const peer = client.peer(await listeningAddress(serving));
  t.match(await peer.call('sayhi', [{ first: 'Snake' }]), { value: 'Hello Snake' });
  t.match(await peer.call('login', []), { value: { token: 'hunter2' } });
  const page = new WatchingPage(url);
  await page.sees((records) => records.filter(({ type }) => type === 'handler').length === 2);
  await page.sees((records) => records.some((record) => record.type === 'step' && record.final));
  t.match(
    page.records.filter(({ type }) => type === 'handler'),
    [{ procedure: 'sayhi', args: [{ first: '(masked)' }] }, { procedure: 'login' }],
  );
  t.notMatch(JSON.stringify(page.records), /hunter2/);
  serving.kill('SIGINT');
  t.match(await serving.ended(), { exitCode: 0 });
  t.equal(await page.closed(), 1001);
  t.ok(has('endpoint.closed')(page.records), 'its end is seen as well');
});

t.test('call --inspect stays open after its outcome until Ctrl-C, and says so', async (t) => {
  const server = await createEndpoint({ host: '127.0.0.1', handlers: { one: () => 1 } });
  t.teardown(() => server.close());
  const address = `127.0.0.1:${server.address.port}`;
  const calling = started(t, ['call', address, 'one', '--inspect']);
  const url = await inspectorOf(calling, 'stderr');
  await calling.printed(/^1\n/);
  await calling.printed(/stays open until Ctrl-C\n/, 'stderr');
  const page = new WatchingPage(url);
  await page.sees((records) => records.some((record) => record.type === 'step' && record.final));
  calling.kill('SIGINT');
  t.match(await calling.ended(), { exitCode: 0, stdout: '1\n' });
});

t.test('call and serve feed an inspector that runs elsewhere, and end as usual', async (t) => {
  const inspector = await serveInspector([]);
  t.teardown(() => inspector.close());
  const page = new WatchingPage(inspector.url);
  const serving = started(t, ['serve', 'handlers.mjs', '--inspect', inspector.url]);
  const address = await listeningAddress(serving);
  const called = await runCommand([
    'call',
    address,
    'login',
    '--no-check',
    '--inspect',
    inspector.url,
  ]);
  t.strictSame(called, { exitCode: 0, stdout: '{ "token": "hunter2" }\n', stderr: '' });
  await page.sees((records) => has('call')(records) && has('endpoint.closed')(records));
  serving.kill('SIGINT');
  await page.sees(
    (records) => records.filter(({ type }) => type === 'endpoint.closed').length === 2,
  );
  t.match(await serving.ended(), { exitCode: 0, stderr: '' });
  const ids = (type: string) =>
    page.records.flatMap((record) =>
      record.type === type && 'transactionId' in record ? [record.transactionId] : [],
    );
  t.strictSame(ids('call'), ids('handler'));
  t.equal(ids('call').length, 1);
});

t.test('when one process is killed, the others continue', async (t) => {
  const first = started(t, ['inspect']);
  const firstUrl = await inspectorOf(first, 'stdout');
  const serving = started(t, ['serve', 'handlers.mjs', '--inspect', firstUrl]);
  const address = await listeningAddress(serving);
  await first.printed(/is inspected\n/);
  const client = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => client.close());
  const peer = client.peer(address);
  first.kill('SIGKILL');
  await first.ended();
  t.match(await peer.call('login', []), { state: 'resolved' }, 'without its inspector');
  const second = started(t, ['inspect']);
  const url = await inspectorOf(second, 'stdout');
  const victim = started(t, ['serve', 'handlers.mjs', '--inspect', url]);
  const feed = feedInspector(client, url);
  t.teardown(() => feed.close());
  const page = new WatchingPage(url);
  await page.sees((records) => records.filter(({ type }) => type === 'endpoint').length === 2);
  page.leave();
  victim.kill('SIGKILL');
  await second.printed(/was lost/);
  t.match(await peer.call('login', []), { state: 'resolved' }, 'without viewer and other feed');
  const next = new WatchingPage(url);
  await next.sees((records) => records.some((record) => record.type === 'step' && record.final));
  serving.kill('SIGKILL');
  await serving.ended();
  t.match(await peer.call('login', [], { timeoutMs: 50 }), { state: 'timedOut' });
  await next.sees((records) =>
    records.some((record) => record.type === 'step' && record.state === 'timedOut'),
  );
});

t.test('an inspector that cannot be reached costs a call nothing but a warning', async (t) => {
  const server = await createEndpoint({ host: '127.0.0.1', handlers: { one: () => 1 } });
  t.teardown(() => server.close());
  const inspector = await serveInspector([]);
  await inspector.close();
  const { exitCode, stdout, stderr } = await runCommand([
    ...['call', `127.0.0.1:${server.address.port}`, 'one', '--inspect', inspector.url],
  ]);
  t.equal(exitCode, 0);
  t.equal(stdout, '1\n');
  t.match(stderr, /^warning: \d+ records did not reach the inspector\n$/);
});

t.test('a mistake gives a sentence and exit code 1', async (t) => {
  const inspector = await serveInspector([]);
  t.teardown(() => inspector.close());
  const { port } = new URL(inspector.url);
  const cwd = t.testdir({ 'other.txt': 'no recording\n', 'handlers.mjs': MODULE });
  const table: readonly (readonly [words: string[], message: RegExp])[] = [
    [
      ['inspect', '--port', port],
      /^error: Cannot serve the inspector at 127\.0\.0\.1:\d+: the port is in use; choose another, or 0 for any free one\n$/,
    ],
    [
      ['inspect', '--port', '70000'],
      /^error: Local port 70000 is not an integer from 0 to 65535\n$/,
    ],
    [['inspect', 'none.jsonl'], /^error: There is no recording .*none\.jsonl\n$/],
    [['inspect', 'other.txt'], /^error: .*other\.txt is not a recording .*\n$/],
    [
      ['call', 'h:1', 'p', '--inspect', 'localhost'],
      /^error: "localhost" is not the URL of an inspector, .*\n$/,
    ],
    [
      ['serve', 'handlers.mjs', '--inspect', 'http://h:1/'],
      /^error: "http:\/\/h:1\/" is not the URL of an inspector, .*\n$/,
    ],
  ];
  for (const [words, message] of table) {
    const signals = new EventEmitter();
    const { exitCode, stdout, stderr } = await runCommand(words, { cwd, signals });
    t.equal(exitCode, 1, words.join(' '));
    t.equal(stdout, '');
    t.match(stderr, message);
  }
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createEndpoint } from '../../src/index.js';
import type { InspectionRecord, RecordOf } from '../../src/inspector/record.js';
import { readRecording } from '../../src/inspector/recording/reader.js';
import { CommandProcess, runCommand } from '../fixtures/command.js';
import { endpointRecord, sampleTraffic } from '../fixtures/inspection-records.js';

// Real processes, each of which must load TypeScript.
t.setTimeout(180_000);

const PCAPNG = '0a0d0d0a';
const HANDLERS = `export const handlers = { sayhi: (_scope, name) => 'Hello ' + name };`;

t.test('a recording becomes a capture, and a summary says what is in it', async (t) => {
  const records = sampleTraffic(3, 20);
  const datagrams = records.filter(({ type }) => type === 'datagram').length;
  const cwd = t.testdir({ 'a.jsonl': linesOf(records) });
  const { exitCode, stdout, stderr } = await runCommand(['export', 'a.jsonl', 'a.pcapng'], { cwd });
  t.equal(exitCode, 0, stderr);
  t.equal(stdout, '');
  t.same(stderr.split('\n'), [
    `${datagrams} datagrams of 2 endpoints; 0 frames masked, 0 frames left out`,
    'open it with: wireshark -X lua_script:"$(rpcudp dissector)" -o rpcudp.ports:1234,5678 a.pcapng',
    '',
  ]);
  t.equal(readFileSync(join(cwd, 'a.pcapng')).toString('hex', 0, 4), PCAPNG);
});

t.test('an existing capture is overwritten only when asked for', async (t) => {
  const cwd = t.testdir({ 'a.jsonl': linesOf(sampleTraffic(3, 1)), 'a.pcapng': 'precious' });
  const refused = await runCommand(['export', 'a.jsonl', 'a.pcapng'], { cwd });
  t.match(refused, { exitCode: 1, stderr: 'error: a.pcapng exists; --force overwrites it\n' });
  t.equal(readFileSync(join(cwd, 'a.pcapng'), 'utf8'), 'precious');
  const forced = await runCommand(['export', 'a.jsonl', 'a.pcapng', '--force'], { cwd });
  t.equal(forced.exitCode, 0);
  t.equal(readFileSync(join(cwd, 'a.pcapng')).toString('hex', 0, 4), PCAPNG);
});

t.test('a capture is written to stdout as to a file', async (t) => {
  const cwd = t.testdir({ 'a.jsonl': linesOf(sampleTraffic(3, 5)) });
  await runCommand(['export', 'a.jsonl', 'a.pcapng'], { cwd });
  const process = new CommandProcess(t, ['export', 'a.jsonl', '-'], cwd);
  const { exitCode, stdout, stderr } = await process.ended();
  t.equal(exitCode, 0);
  // The fixture reads stdout as text, so both sides replace bytes that are not text in the same
  // way.
  t.equal(stdout, readFileSync(join(cwd, 'a.pcapng')).toString());
  t.match(stderr, /^\d+ datagrams of 2 endpoints; .*\n$/);
});

t.test('one endpoint can be chosen', async (t) => {
  const records = sampleTraffic(3, 20);
  const cwd = t.testdir({ 'a.jsonl': linesOf(records) });
  const words = ['export', 'a.jsonl', 'a.pcapng', '--endpoint'];
  const { stderr } = await runCommand([...words, 'server'], { cwd });
  const datagrams = records.filter(
    ({ type, endpoint }) => type === 'datagram' && endpoint === 'server',
  );
  t.match(stderr, new RegExp(`^${datagrams.length} datagrams`));
  t.match(await runCommand([...words, 'nobody'], { cwd }), {
    exitCode: 1,
    stderr: 'error: the recording has no endpoint "nobody"; it has client, server\n',
  });
});

t.test('absurd records are counted, and the others are exported', async (t) => {
  const records = sampleTraffic(3, 5);
  const [sample] = records.filter((record) => record.type === 'datagram');
  const absurd = [{ atMs: 1e300 }, { frameCount: 1e300 }].map((fields, index) => ({
    ...(sample as RecordOf<'datagram'>),
    ...fields,
    seq: 1_000 + index,
  }));
  const cwd = t.testdir({ 'a.jsonl': linesOf([...records, ...absurd]) });
  const { exitCode, stderr } = await runCommand(['export', 'a.jsonl', 'a.pcapng'], { cwd });
  t.equal(exitCode, 0, stderr);
  const datagrams = records.filter(({ type }) => type === 'datagram').length;
  t.match(stderr, new RegExp(`^${datagrams} datagrams of 2 endpoints; .*, 0 frames left out\n`));
  t.match(stderr, /\n2 datagrams left out: .* impossible/);
});

t.test('the summary says what is missing in a recording', async (t) => {
  const cwd = t.testdir({
    'a.jsonl': `${linesOf([endpointRecord()])}what\n{"type":`,
    'notes.txt': 'buy milk',
  });
  const { exitCode, stderr } = await runCommand(['export', 'a.jsonl', 'a.pcapng'], { cwd });
  t.equal(exitCode, 0);
  t.same(stderr.split('\n'), [
    '0 datagrams of 1 endpoint; 0 frames masked, 0 frames left out',
    '1 line of the recording skipped: not readable as a record',
    'the last line of the recording is incomplete: its writer stopped, or is still writing',
    '',
  ]);
  const refused = [
    ['nothing', `error: There is no recording ${join(cwd, 'nothing')}\n`],
    ['notes.txt', /^error: .*notes\.txt is not a recording of rpcudp: .*\n$/],
  ] as const;
  for (const [name, message] of refused) {
    const ended = await runCommand(['export', name, 'b.pcapng'], { cwd });
    t.match(ended, { exitCode: 1, stderr: message });
    t.notOk(existsSync(join(cwd, 'b.pcapng')));
  }
});

t.test('the path of the dissector is printed', async (t) => {
  const { exitCode, stdout } = await runCommand(['dissector']);
  t.equal(exitCode, 0);
  t.match(readFileSync(stdout.trimEnd(), 'utf8'), /Proto\("rpcudp"/);
});

t.test('`call` records its call, and the next call is added to the recording', async (t) => {
  const cwd = t.testdir();
  const server = await createEndpoint({
    host: '127.0.0.1',
    handlers: { sayhi: (_scope, name: string) => `Hello ${name}` },
  });
  t.teardown(() => server.close());
  const call = ['call', `127.0.0.1:${server.address.port}`, 'sayhi'];
  for (const name of ['Snake', 'Meryl']) {
    const ended = await runCommand([...call, name, '--record', 'a.jsonl'], { cwd });
    t.strictSame(ended, { exitCode: 0, stdout: `"Hello ${name}"\n`, stderr: '' });
  }
  const { records, skippedLines, torn } = await readRecording(join(cwd, 'a.jsonl'));
  t.same({ skippedLines, torn }, { skippedLines: 0, torn: false });
  const calls = records.filter((record) => record.type === 'call');
  t.same(
    calls.map(({ args }) => args),
    [['Snake'], ['Meryl']],
  );
  t.equal(records.filter(({ type }) => type === 'endpoint.closed').length, 2);
});

t.test('`serve` records what it serves until it is stopped', async (t) => {
  const cwd = t.testdir({ 'handlers.js': HANDLERS });
  const words = ['serve', 'handlers.js', '--port', '0', '--record', 'a.jsonl', '--record-mib', '8'];
  const client = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => client.close());
  const process = new CommandProcess(t, words, cwd);
  const [, address = ''] = await process.printed(/listening on (\S+)/);
  t.equal(await client.peer(address).call('sayhi', ['Snake']).value(), 'Hello Snake');
  process.kill('SIGINT');
  t.match(await process.ended(), { exitCode: 0, stderr: '' });
  const { records } = await readRecording(join(cwd, 'a.jsonl'));
  t.match(
    records.filter(({ type }) => type === 'handler'),
    [{ procedure: 'sayhi', args: ['Snake'] }],
  );
  t.equal(records.at(-1)?.type, 'endpoint.closed');
});

t.test('a recording that cannot be made is reported before anything is sent', async (t) => {
  const cwd = t.testdir({ 'notes.txt': 'buy milk\n' });
  const table = [
    [['--record', 'notes.txt'], /^error: .*notes\.txt is not a recording of rpcudp: .*\n$/],
    [['--record', 'no/folder/a'], /^error: The recording .* cannot be written: ENOENT.*\n$/],
    [
      ['--record', 'a', '--record-mib', '1'],
      /^error: The option 'maxBytes' must be .* 8388608 .*\n$/,
    ],
  ] as const;
  for (const [options, message] of table) {
    const ended = await runCommand(['call', '127.0.0.1:9', 'sayhi', ...options], { cwd });
    t.match(ended, { exitCode: 1, stdout: '', stderr: message });
  }
  t.equal(readFileSync(join(cwd, 'notes.txt'), 'utf8'), 'buy milk\n');
});

function linesOf(records: readonly InspectionRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

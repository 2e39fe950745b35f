/** `rpcudp doctor` over the loopback interface: what it prints, how it ends, what it leaves. */
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { Output } from '../../src/cli/output.js';
import { run } from '../../src/cli/program.js';
import { CLASS_NAMES, CLASSES } from '../../src/doctor/class.js';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { runCommand } from '../fixtures/command.js';
import { ownPort } from '../fixtures/own-port.js';

// It waits for silence, and examines again after a stall.
t.setTimeout(180_000);

const HOST = '127.0.0.1';

t.test('the help has every class with its exit code', async (t) => {
  const { stdout } = await runCommand(['doctor', '--help']);
  for (const name of CLASS_NAMES) {
    const { exitCode, words } = CLASSES[name];
    const line = stdout.split('\n').find((one) => one.includes(`  ${name} `));
    t.equal(line?.replace(/ +/g, ' '), ` ${exitCode} ${name} ${words}`);
  }
});

t.test('an endpoint is examined, and shown as a table', async (t) => {
  const endpoint = await createEndpoint({ host: HOST });
  t.teardown(() => endpoint.close());
  const { exitCode, stdout, stderr } = await runCommand([
    'doctor',
    `${HOST}:${endpoint.address.port}`,
  ]);
  t.equal(exitCode, 0, stdout);
  t.equal(stderr, '', 'no progress where nobody sees it');
  t.match(stdout, /^healthy: an rpcudp endpoint answers/);
  for (const row of ['presence', 'refusal', 'version', 'loss', 'sizes there', 'sizes back']) {
    t.match(stdout, new RegExp(`^(ok|--|\\?\\?)  ${row} `, 'm'));
  }
  t.match(stdout, /^What to do: Nothing\.$/m);
});

t.test('a port of nobody is told as JSON, with all evidence', async (t) => {
  const address = `${HOST}:${await ownPort()}`;
  const { exitCode, stdout } = await runCommand(['doctor', address, '--json']);
  t.equal(exitCode, 10);
  t.match(JSON.parse(stdout), {
    diagnosis: { name: 'nobodyListens', exitCode: 10, advice: String, also: [] },
    findings: [{ examination: 'presence', sign: 'bad' }, { examination: 'refusal' }, {}],
    evidence: { target: address, refusal: { errors: ['ECONNREFUSED'] } },
  });
});

t.test('a terminal sees what is examined, and nothing of it afterwards', async (t) => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const printed = Promise.all([text(stdout), text(stderr)]);
  const exitCode = await run(['doctor', `${HOST}:${await ownPort()}`], {
    ...{ stdout: new Output(stdout), stderr: new Output(stderr) },
    ...{ signals: new EventEmitter(), cwd: process.cwd(), showsProgress: true },
  });
  stdout.end();
  stderr.end();
  const [out, err] = await printed;
  t.equal(exitCode, 10);
  t.match(out, /^nobodyListens/);
  t.match(err, /examining: presence …/);
  t.ok(err.endsWith('\u001b[G\u001b[K'), JSON.stringify(err));
});

t.test('mistakes exit with 1', async (t) => {
  const endpoint = await createEndpoint({ host: '0.0.0.0' });
  t.teardown(() => endpoint.close());
  const taken = String(endpoint.address.port);
  for (const [words, message] of [
    [['x'], /no port/],
    [['0.0.0.0:1'], /stands for every address/],
    [[`${HOST}:1`, '--from', 'x'], /not a whole number/],
    [[`${HOST}:1`, '--from', '65536'], /Local port 65536 is not an integer/],
    [[`${HOST}:1`, '--from', taken], /the address is in use/],
    [[`${HOST}:1`, '--call', 'ping', 'hex:0'], /argument 1: "0" has an odd number/],
  ] as const) {
    const { exitCode, stderr } = await runCommand(['doctor', ...words]);
    t.equal(exitCode, 1, words.join(' '));
    t.match(stderr, message);
  }
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  t.test(`${signal} ends it at once`, async (t) => {
    const signals = new EventEmitter();
    signals.once('newListener', () => setImmediate(() => signals.emit(signal)));
    // TEST-NET-1 (RFC 5737): nobody answers.
    const ended = runCommand(['doctor', '192.0.2.1:9'], { signals });
    t.match(await ended, { exitCode: 130, stdout: '', stderr: 'interrupted\n' });
  });
}

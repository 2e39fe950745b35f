import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import t from 'tap';
import { traceEcho } from './echo.js';
import { loadInstrumented } from './instrumented.js';
import type { SourceFunction } from './instrument.js';
import { staysOf, summaryOf } from './moves.js';
import type { Summary } from './moves.js';

const instrumented = await loadInstrumented();
const timeAndChance = readTimeAndChance();
const entries = await traceEcho(instrumented);

t.test('after an echo, time and randomness are those of Node.js again', async (t) => {
  for (const [index, part] of readTimeAndChance().entries()) t.equal(part, timeAndChance[index]);
});

t.test('the same functions are entered each time, here and in another process', async (t) => {
  t.strictSame(await traceEcho(instrumented), entries);
  const command = ['--import', 'tsx', 'test/corridor/main.ts', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  t.strictSame({ status, stderr }, { status: 0, stderr: '' });
  const printed = JSON.parse(stdout) as { summary: Summary; entries: SourceFunction[] };
  t.strictSame(printed.entries, entries);
  t.strictSame(printed.summary, summaryOf(staysOf(entries)));
});

t.test('the trace begins with the call; each end sends and receives one datagram', async (t) => {
  t.match(entries[0]?.name, /\.call$/);
  const places = entries.map(({ file, name }) => `${file.split('/')[0]} ${name.split('.').at(-1)}`);
  t.equal(places.filter((place) => place === 'transport send').length, 2);
  t.equal(places.filter((place) => place === 'socket datagramReceived').length, 2);
});

function readTimeAndChance(): unknown[] {
  const { setTimeout, nowMs } = instrumented.library.platform;
  return [setTimeout, nowMs, Math.random, crypto.randomFillSync];
}

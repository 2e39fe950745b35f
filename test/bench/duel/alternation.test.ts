import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Entry } from '../comparison/lineup.js';
import type { Runtime } from '../comparison/pair.js';
import { Alternation } from './alternation.js';
import type { Sides } from './sides.js';

const never = (): Promise<never> => Promise.reject(new Error('Only its processes play'));
const ENTRY: Entry = { key: 'fake', name: 'fake', contestant: { connect: never, serve: never } };

/** Answers each line, as the programs of the benchmark do. */
const answering = (greeting: object, answer: string): string => `
  import { appendFileSync } from 'node:fs';
  import { createInterface } from 'node:readline';
  const say = (line) => console.log(JSON.stringify(line));
  let asked = 0;
  createInterface({ input: process.stdin }).on('line', (line) => {
    const question = JSON.parse(line);
    asked += 1;
    say(${answer});
  });
  say(${JSON.stringify(greeting)});
`;

/**
 * A client that notes when it plays, and makes more calls in each turn; and a server that spends 5
 * µs in each turn.
 */
function programs(side: string, callsInFirstTurn: number) {
  const written = `appendFileSync(import.meta.dirname + '/../turns', '${side} ')`;
  const calls = `${callsInFirstTurn} * asked`;
  const result = `elapsedMs: question.durationMs, failed: 0, cpuMicros: 60, latenciesMs: []`;
  return {
    'client.js': answering({}, `(${written}, { calls: ${calls}, ${result} })`),
    'server.js': answering({ port: 1 }, `{ cpuMicros: 5 * Math.floor(asked / 2) }`),
  };
}

t.test('sides alternate, and their turns are added up', async (t) => {
  const folder = t.testdir({ old: programs('old', 10), new: programs('new', 20) });
  const runtime = (side: string): Runtime => ({
    ...{ node: [process.execPath], python: '', programs: join(folder, side) },
  });
  const runtimes: Sides<Runtime> = { old: runtime('old'), new: runtime('new') };
  const turns = (): string => readFileSync(join(folder, 'turns'), 'utf8');

  const alternation = await Alternation.start(ENTRY, runtimes, 1);
  t.teardown(() => alternation.end());
  const { old, new: now } = await alternation.play({ inFlight: 1, durationMs: 20 }, 40);
  t.equal(turns(), 'new old old new ');
  // 10 and 20 calls, 20 and 40 calls, in 40 ms.
  t.strictSame([old.callsPerSecond, now.callsPerSecond], [750, 1_500]);
  t.strictSame([old.clientMicrosPerCall, now.clientMicrosPerCall], [4, 2]);
  t.equal(old.serverMicrosPerCall, 10 / 30);

  // The order continues where it was, and a turn that is longer than the total is played.
  await alternation.play({ inFlight: 1, durationMs: 80 }, 40);
  t.equal(turns(), 'new old old new new old ');
});

t.test('an error names the build that failed', async (t) => {
  const broken = { 'server.js': 'process.exit(3)', 'client.js': '' };
  const folder = t.testdir({ old: programs('old', 1), new: broken });
  const runtime = (side: string): Runtime => ({
    ...{ node: [process.execPath], python: '', programs: join(folder, side) },
  });
  await t.rejects(Alternation.start(ENTRY, { old: runtime('old'), new: runtime('new') }, 1), {
    message: 'fake, new build, server: it ended with 3',
  });
});

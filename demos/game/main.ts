/**
 * `npm run demo:game`: 50 players tell an arena where they are, 20 times a second, and it tells all
 * of them where everybody is. One plays through a slow link that loses datagrams, and one vanishes
 * without a word.
 *
 *     npm run demo:game                   plays for ten seconds
 *     npm run demo:game -- --inspect      also shows the arena and two players in the inspector
 *     npm run demo:game -- --seconds 60   plays for a minute
 *     npm run demo:game -- --metrics 9464 also serves their metrics; dashboard.json shows them in Grafana
 */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { numberTo, watchedDemo } from '../command-line.js';
import { serveMetrics } from '../metrics.js';
import { untilStopped } from '../until-stopped.js';
import { watch } from '../watch.js';
import { Game } from './game.js';

/**
 * How much longer the game may go on until the arena has found out who has vanished: some seconds,
 * and more where the machine was so busy that answers took long.
 */
const PATIENCE_SECONDS = 60;
/** What a shell says of a program that Ctrl-C ended. */
const STOPPED = 130;

const about = '50 players tell where they are 20 times a second, and the arena tells everybody.';
const options = watchedDemo('npm run demo:game --', about)
  .option('--seconds <n>', 'how long to play, at least', numberTo(86_400), 10)
  .option('--metrics <port>', 'serve metrics for Prometheus, at 0 for any port', numberTo(65_535))
  .parse()
  .opts();

const stopped = untilStopped().then(() => 'stopped' as const);
const game = await Game.open();
const watching = await watch(options, ...Object.values(game.shown));
const metrics =
  options.metrics === undefined ? undefined : await serveMetrics(game.shown, options.metrics);
if (metrics !== undefined) console.log(`Metrics at ${metrics.url}`);
await game.join();

console.log(`50 players have joined. "gone" vanishes after a second; "slow" has a slow link.
Updates of all together in each second, and how old the place of a rival is when it is seen:

${game.begin()}`);

/** Whether the game is over after this second: it does not end before somebody was removed. */
function isOver(second: number): boolean {
  return second >= options.seconds + (game.hasRemoved ? 0 : PATIENCE_SECONDS);
}

async function play(): Promise<'stopped' | 'over'> {
  for (let second = 1; ; second += 1) {
    const aSecond = sleep(1_000, 'passed' as const, { ref: false });
    if ((await Promise.race([stopped, aSecond])) === 'stopped') return 'stopped';
    console.log(game.line(second));
    if (second === 1) await game.vanish();
    if (isOver(second)) return 'over';
  }
}

if ((await play()) === 'stopped') {
  console.log('\nStopped before its end.');
  process.exitCode = STOPPED;
} else {
  const claims = await game.leave();
  console.log('');
  for (const { words, isKept } of claims) console.log(`${isKept ? 'kept  ' : 'BROKEN'}  ${words}`);
  process.exitCode = claims.every(({ isKept }) => isKept) ? 0 : 1;
}
await game.close();
await watching.end();
await metrics?.close();

/**
 * `npm run bench:page`: whether the inspector's page keeps up with a busy endpoint, and what a feed
 * costs an endpoint that is overloaded.
 *
 * Two endpoints in separate processes feed an inspector with the recorder's defaults. Chromium
 * without a window has the page open. No frame can be drawn while the page's main thread runs a
 * task, so the tasks are measured, in a trace of Chromium. Their CPU time is that of the page
 * itself; their elapsed time also contains the time in which other processes had the processor. The
 * time between animation frames is measured too, by the page itself.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Command } from '@commander-js/extra-typings';
import { chromium } from 'playwright-core';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { serveInspector } from 'rpcudp/inspector';
import { feedCost } from './page/feed-cost.js';
import { CATEGORIES, mainThreadTasks } from './page/trace.js';
import { wholeNumber } from './whole-number.js';

const values = new Command('npm run bench:page --')
  .description(
    `Measures whether the inspector's page draws a frame within 16 ms, in each of its views, with \
calls between two endpoints. Before that, it measures what a feed costs an endpoint, half of whose \
calls fail. RPCUDP_CHROMIUM names the browser; default /usr/bin/chromium.`,
  )
  .option('--seconds <n>', 'how long in each view', wholeNumber(1), 60)
  .option('--calls <n>', 'how many calls a second', wholeNumber(1), 5_000)
  .option('--feed-only', 'measure what a feed costs, and no page', false)
  .option('--rounds <n>', 'how often to measure what a feed costs', wholeNumber(1), 3)
  .parse()
  .opts();

const FRAME_MS = 16;
const VIEWS = ['overview', 'calls', 'sequence', 'peers'];
/** Until the caches are warm and the rates are steady. */
const WARM_UP_MS = 3_000;
const MIB = 1024 * 1024;

/**
 * Runs in the page. Counts the records that the inspector has sent, from the beginning of each
 * message.
 */
const COUNT_RECORDS = `{
  const Plain = WebSocket;
  globalThis.WebSocket = class extends Plain {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        globalThis.recordsSent = Number(/"position":(\\d+)/.exec(data.slice(0, 100))?.[1]);
      });
    }
  };
}`;

interface Sample {
  readonly calls: number;
  readonly records: number;
  readonly heapMiB: number;
}

type Outcomes = Readonly<Record<string, number>>;

await using inspector = await serveInspector();
const sides: ChildProcess[] = [];
try {
  await measureFeed();
  if (!values.feedOnly) await measurePage();
} finally {
  for (const side of sides) side.disconnect();
}

/** Prints what a feed costs an endpoint that is asked for more than can succeed. */
async function measureFeed(): Promise<void> {
  const [server, side] = await startSide(['']);
  const { calls: callsPerSecond, rounds } = values;
  const seconds = Math.min(values.seconds, 10);
  const options = { inspectorUrl: inspector.url, server, callsPerSecond, seconds, rounds };
  console.log(`A feed's cost: ${callsPerSecond} calls a second, every second one to nobody`);
  console.table(await feedCost(options));
  side.disconnect();
  sides.pop();
}

async function measurePage(): Promise<void> {
  const [server] = await startSide([inspector.url]);
  const [, client] = await startSide([inspector.url, server, String(values.calls)]);
  await using browser = await chromium.launch({
    executablePath: process.env['RPCUDP_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const devTools = await page.context().newCDPSession(page);
  await page.addInitScript({ content: COUNT_RECORDS });
  await page.goto(inspector.url);
  await page.waitForTimeout(WARM_UP_MS);
  const rows: Record<string, object> = {};
  for (const view of VIEWS) rows[view] = await measure(view, page, devTools, client);
  console.log(
    `Node ${process.version}, Chromium ${browser.version()}; ${values.calls} calls a second, ${values.seconds} s each`,
  );
  console.table(rows);
}

async function startSide(args: string[]): Promise<[address: string, side: ChildProcess]> {
  const side = fork(new URL('page/side.js', import.meta.url), args);
  sides.push(side);
  const [address] = (await once(side, 'message')) as [string];
  return [address, side];
}

async function measure(
  view: string,
  page: Page,
  devTools: CDPSession,
  client: ChildProcess,
): Promise<object> {
  const browser = page.context().browser() as Browser;
  await page.getByTestId(`view-${view}`).click();
  await page.waitForTimeout(WARM_UP_MS);
  const before = await sample(page, devTools, client);
  const startMs = performance.now();
  await browser.startTracing(page, { categories: CATEGORIES });
  const gaps = await page.evaluate<number[]>(framesFor(values.seconds * 1_000));
  const tasks = mainThreadTasks(await browser.stopTracing());
  const seconds = (performance.now() - startMs) / 1_000;
  const after = await sample(page, devTools, client);
  // A task that was running when the trace began or ended has no CPU time.
  const cpu = tasks.map(({ cpuMs }) => cpuMs).filter((ms) => !Number.isNaN(ms));
  const wall = tasks.map(({ wallMs }) => wallMs);
  return {
    'calls/s': Math.round((after.calls - before.calls) / seconds),
    'records/s': Math.round((after.records - before.records) / seconds),
    frames: gaps.length,
    'task CPU ms, p50 p95 p99 max': ofAll(cpu.filter((ms) => ms >= 0.1)),
    [`over ${FRAME_MS}`]: over(cpu),
    'by the clock': ofAll(wall.filter((ms) => ms >= 0.1)),
    [`over ${FRAME_MS} `]: over(wall),
    'frame to frame': ofAll(gaps),
    'busy, %': Math.round(cpu.reduce((sum, ms) => sum + ms, 0) / seconds / 10),
    'heap MiB': `${before.heapMiB} → ${after.heapMiB}`,
  };
}

/** Runs in the page. Returns the times between animation frames, in milliseconds. */
function framesFor(ms: number): string {
  return `new Promise((resolve) => {
    const gaps = [];
    const start = performance.now();
    let last;
    const frame = (now) => {
      if (last !== undefined) gaps.push(now - last);
      last = now;
      if (performance.now() - start < ${ms}) requestAnimationFrame(frame);
      else resolve(gaps);
    };
    requestAnimationFrame(frame);
  })`;
}

async function sample(page: Page, devTools: CDPSession, client: ChildProcess): Promise<Sample> {
  await devTools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devTools.send('Runtime.getHeapUsage');
  client.send('outcomes');
  const [outcomes] = (await once(client, 'message')) as [Outcomes];
  const calls = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const records = await page.evaluate<number>('globalThis.recordsSent');
  return { calls, records, heapMiB: Math.round(usedSize / MIB) };
}

function over(times: readonly number[]): number {
  return times.filter((ms) => ms > FRAME_MS).length;
}

/** Quantiles, and the longest. */
function ofAll(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.round((sorted.length - 1) * share)] ?? NaN).toFixed(1);
  return [0.5, 0.95, 0.99, 1].map(at).join(' ');
}

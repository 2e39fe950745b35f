/** `rpcudp top`: shows in a terminal what endpoints are doing, as live counts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type { InspectionRecord } from '../inspector/record.js';
import { serveInspector } from '../inspector/hub/server.js';
import type { Inspector } from '../inspector/hub/server.js';
import { watchInspector } from '../inspector/hub/watch.js';
import type { Watcher } from '../inspector/hub/watch.js';
import { ArgumentError } from '../legible/argument-error.js';
import { EXIT_CODE } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { formatJson } from '../legible/json.js';
import type { Terminal } from './terminal.js';
import { Reading } from './top/reading.js';
import { reportLines, screenLines } from './top/screen.js';
import type { Title } from './top/screen.js';
import type { Snapshot } from './top/snapshot.js';
import { untilStopped } from './until-stopped.js';
import type { World } from './world.js';

export interface TopOptions {
  /** Print once and end. */
  readonly once?: boolean;
  /** Print once as JSON and end. */
  readonly json?: boolean;
}

/** How often the screen is redrawn. */
const REDRAW_MS = 500;
/** How long to watch before printing once. Rates need two readings. */
const LOOK_MS = 1_200;
/** How long the inspector may take to tell what it knows, before something is printed once. */
const CATCH_UP_MS = 60_000;
const CATCH_UP_LOOK_MS = 20;

const CTRL_C = '\u0003';

/**
 * Shows the endpoints that the inspector at `url` knows, until Ctrl-C or `q`. Without a URL it
 * serves an inspector itself and shows the endpoints that feed it. Without a terminal, or with
 * `once` or `json`, it prints the endpoints once.
 *
 * @throws InspectorUrlError, InspectorUnreachableError for the URL; ArgumentError when there is
 * neither a URL nor a terminal.
 */
export async function top(
  world: World,
  url: string | undefined,
  { once = false, json = false }: TopOptions,
): Promise<ExitCode> {
  const { terminal } = world;
  const screen = once || json ? undefined : terminal;
  if (url === undefined && screen === undefined) {
    throw new ArgumentError('without a URL, top needs a terminal and neither --once nor --json');
  }
  await using own = url === undefined ? await serveInspector() : undefined;
  const watched = new Watched();
  const watch = await watchInspector(url ?? own?.url ?? '', watched);
  try {
    if (screen === undefined) await printOnce(world, watched, json);
    else await show(world, screen, watched, titleOf(url, own));
    return EXIT_CODE.success;
  } finally {
    watch.close();
  }
}

/** What is known so far about the endpoints of an inspector, and about the connection to it. */
class Watched implements Watcher {
  readonly #reading = new Reading();
  fault: string | undefined;
  /** Whether only a part of what the inspector knows is known here. */
  catchingUp = true;

  get snapshot(): Snapshot {
    return this.#reading.snapshot(Date.now());
  }

  records(records: readonly InspectionRecord[], reset: boolean): void {
    if (reset) this.#reading.reset();
    const nowMs = Date.now();
    for (const record of records) this.#reading.add(record, nowMs);
  }

  caughtUp(hasAll: boolean): void {
    this.catchingUp = !hasAll;
  }

  connection(fault: string | undefined): void {
    this.fault = fault;
  }
}

async function printOnce(
  { stdout, terminal }: World,
  watched: Watched,
  json: boolean,
): Promise<void> {
  await catchUp(watched);
  await sleep(LOOK_MS);
  const { snapshot } = watched;
  if (json) stdout.print(formatJson(snapshot));
  else for (const line of reportLines(snapshot)) stdout.print(coloured(line, terminal));
}

/** Counts that are only half told would be those of some moment in the past. */
async function catchUp(watched: Watched): Promise<void> {
  const giveUpAtMs = Date.now() + CATCH_UP_MS;
  while (watched.catchingUp) {
    if (Date.now() > giveUpAtMs) {
      const seconds = CATCH_UP_MS / 1_000;
      throw new Error(`The inspector has not told what it knows in ${seconds} s`);
    }
    await sleep(CATCH_UP_LOOK_MS);
  }
}

async function show(
  world: World,
  terminal: Terminal,
  watched: Watched,
  title: Pick<Title, 'source' | 'feedUrl'>,
): Promise<void> {
  const draw = (): void => {
    const { snapshot, fault, catchingUp } = watched;
    const lines = screenLines(snapshot, { ...title, fault, catchingUp }, terminal.size);
    terminal.draw(lines.map((line) => coloured(line, terminal)));
  };
  const timer = setInterval(draw, REDRAW_MS);
  try {
    const quit = new Promise<void>((resolve) => {
      terminal.take((keys) => {
        if (keys.includes('q') || keys.includes(CTRL_C)) resolve();
      }, draw);
    });
    draw();
    await Promise.race([quit, untilStopped(world)]);
  } finally {
    clearInterval(timer);
    terminal.giveBack();
  }
}

/** The line with its colours; without them if the terminal may not show any, or is none. */
function coloured(line: string, terminal: Terminal | undefined): string {
  return terminal?.colours === true ? line : stripVTControlCharacters(line);
}

/**
 * What the title shows. The URL holds a token that gives access, so it is shown only where the user
 * needs it: to feed this command's own inspector.
 */
function titleOf(
  url: string | undefined,
  own: Inspector | undefined,
): Pick<Title, 'source' | 'feedUrl'> {
  const inspectorUrl = url ?? own?.url ?? '';
  return { source: new URL(inspectorUrl).host, feedUrl: own?.url };
}

/**
 * `--inspect`: shows the endpoint in an inspector, which the command serves itself or which runs
 * elsewhere.
 */
import type { AnyEndpoint } from '../api/endpoint.js';
import type { World } from './world.js';

export interface InspectOptions {
  /** The URL of an inspector; or true, and then the command serves one itself. */
  readonly inspect?: string | true;
  /** Keys whose values are not shown. */
  readonly mask?: readonly string[];
}

/** Disposed after the endpoint has closed, so that the inspector shows the closing too. */
export interface CommandInspection extends AsyncDisposable {
  /** Whether the command serves the inspector itself, so that both end together. */
  readonly own: boolean;
  /** Inspects the endpoint from now on, if the user asked for it. */
  attach(endpoint: AnyEndpoint): void;
}

/** @throws InspectorUrlError for a URL that cannot belong to an inspector. */
export async function openInspection(
  world: World,
  { inspect, mask }: InspectOptions,
): Promise<CommandInspection> {
  if (inspect === undefined) {
    const close = (): Promise<void> => Promise.resolve();
    return { own: false, attach: () => undefined, [Symbol.asyncDispose]: close };
  }
  // Loaded only on demand, so that other commands start without the inspector's code.
  const { feedInspector, serveInspector } = await import('../inspector/index.js');
  const options = mask === undefined ? {} : { mask };
  if (inspect === true) {
    const inspector = await serveInspector();
    world.stderr.print(`inspector: ${inspector.url}`);
    return {
      own: true,
      attach: (endpoint) => inspector.attach(endpoint, options),
      [Symbol.asyncDispose]: () => inspector.close(),
    };
  }
  const feed = feedInspector([], inspect);
  return {
    own: false,
    attach: (endpoint) => feed.attach(endpoint, options),
    async [Symbol.asyncDispose]() {
      await feed.close();
      if (feed.dropped === 0) return;
      const count = feed.dropped.toLocaleString('en');
      world.stderr.print(`warning: ${count} records did not reach the inspector`);
    },
  };
}

/** Splits the value of `--mask` into keys. */
export function parseKeys(word: string): string[] {
  return word
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
}

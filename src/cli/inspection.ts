/** `--inspect`: an inspector of the command's own, or one that runs elsewhere. */
import type { AnyEndpoint } from '../api/endpoint.js';
import type { World } from './world.js';

export interface InspectOptions {
  /** The URL of an inspector, or true for one of the command's own. */
  readonly inspect?: string | true;
  /** Keys whose values nobody is shown. */
  readonly mask?: readonly string[];
}

/** Closed after its endpoint, so that its end is seen as well. */
export interface CommandInspection extends AsyncDisposable {
  /** Whether the inspector ends with the command. */
  readonly own: boolean;
  /** From now on the endpoint is inspected, if that was asked for. */
  attach(endpoint: AnyEndpoint): void;
}

/** @throws InspectorUrlError for a URL that no inspector has. */
export async function openInspection(
  world: World,
  { inspect, mask }: InspectOptions,
): Promise<CommandInspection> {
  if (inspect === undefined) {
    const close = (): Promise<void> => Promise.resolve();
    return { own: false, attach: () => undefined, [Symbol.asyncDispose]: close };
  }
  // Nothing of the inspector is loaded for those who do not ask for it.
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

/** The keys that `--mask` names. */
export function parseKeys(word: string): string[] {
  return word
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
}

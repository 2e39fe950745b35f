/** `--inspect` of the demos: the inspector shows their endpoints. */
import type { AnyEndpoint } from 'rpcudp';
import { serveInspector } from 'rpcudp/inspector';
import { untilStopped } from './until-stopped.js';

/** Shows the endpoints of a demo, if the user asked for it. */
export interface Watching {
  /** The URL of the page; other processes may feed it. */
  readonly url?: string;
  /** Shows one more endpoint. */
  add(endpoint: AnyEndpoint): void;
  /** The demo has ended. The page stays open until Ctrl-C. */
  end(): Promise<void>;
}

/**
 * Shows these endpoints if the demo was started with `--inspect`, and prints the URL. The page does
 * not get what `mask` names.
 */
export async function watch(
  { inspect = false, mask = [] }: { readonly inspect?: boolean; readonly mask?: readonly string[] },
  ...endpoints: AnyEndpoint[]
): Promise<Watching> {
  if (!inspect) return { add: () => undefined, end: () => Promise.resolve() };
  const inspector = await serveInspector(endpoints, { mask });
  const stopped = untilStopped();
  console.log(`Watch at ${inspector.url}`);
  return {
    url: inspector.url,
    add(endpoint) {
      inspector.attach(endpoint);
    },
    async end() {
      console.log('The page stays open until Ctrl-C.');
      await stopped;
      await inspector.close();
    },
  };
}

/** `--inspect` of the demos: the inspector shows what their endpoints do. */
import { once } from 'node:events';
import process from 'node:process';
import type { AnyEndpoint } from 'rpcudp';
import { serveInspector } from 'rpcudp/inspector';

/** What watches the endpoints of a demo, if that was asked for. */
export interface Watching {
  /** The page's URL, which other processes may feed. */
  readonly url?: string;
  /** Watches one more. */
  add(endpoint: AnyEndpoint): void;
  /** The demo is over; what was watched can be looked at until Ctrl-C. */
  end(): Promise<void>;
}

/** Watches these endpoints if the demo was started with `--inspect`, and says where. */
export async function watch(
  { inspect = false }: { readonly inspect?: boolean },
  ...endpoints: AnyEndpoint[]
): Promise<Watching> {
  if (!inspect) return { add: () => undefined, end: () => Promise.resolve() };
  const inspector = await serveInspector(endpoints);
  const interrupted = once(process, 'SIGINT');
  console.log(`Watch at ${inspector.url}`);
  return {
    url: inspector.url,
    add(endpoint) {
      inspector.attach(endpoint);
    },
    async end() {
      console.log('The page can be looked at until Ctrl-C.');
      await interrupted;
      await inspector.close();
    },
  };
}

/**
 * The module that is given to `rpcudp serve`: finds it, loads it and takes its handlers, contract
 * and middleware.
 */
import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyContract } from '../contract/contract.js';
import type { Describe } from '../api/endpoint-options.js';
import type { Handlers } from '../api/handlers.js';
import type { Middleware } from '../api/middleware.js';
import { ArgumentError } from '../legible/argument-error.js';
import { messageOf, printable } from '../legible/printable.js';

/** Loads a module by its URL and returns its exports. */
export type Importer = (url: string) => Promise<object>;

/** What a module offers. */
export interface Served {
  readonly handlers: Handlers;
  readonly contract?: AnyContract;
  readonly use?: readonly Middleware[];
  readonly describe?: Describe;
}

const importModule: Importer = (url) => import(url) as Promise<object>;

/**
 * Returns the `handlers` that a module exports, and of `contract`, `use` and `describe` those that
 * it exports. The endpoint checks that they are valid.
 *
 * @throws ArgumentError when the file does not exist, cannot be loaded, or exports no `handlers`.
 */
export async function loadServed(
  path: string,
  cwd: string,
  importer: Importer = importModule,
): Promise<Served> {
  const file = resolve(cwd, path);
  await requireFile(file);
  const exported = await load(file, importer);
  if (!('handlers' in exported)) {
    throw new ArgumentError(`${printable(file)} exports no "handlers"; ${listed(exported)}`);
  }
  const handlers = requireHandlers(file, exported.handlers);
  return {
    handlers,
    ...('contract' in exported && { contract: exported.contract as AnyContract }),
    ...('use' in exported && { use: exported.use as readonly Middleware[] }),
    ...('describe' in exported && { describe: exported.describe as Describe }),
  };
}

async function requireFile(file: string): Promise<void> {
  let isFile: boolean;
  try {
    isFile = (await stat(file)).isFile();
  } catch {
    throw new ArgumentError(`There is no module ${printable(file)}`);
  }
  if (!isFile) throw new ArgumentError(`${printable(file)} is not a file; give a module file`);
}

async function load(file: string, importer: Importer): Promise<object> {
  const { href } = pathToFileURL(file);
  try {
    const exported = await importer(href);
    // The default export of a CommonJS module is the whole module. Node.js finds only some of its
    // names.
    const { default: whole } = exported as { readonly default?: unknown };
    const isWhole = typeof whole === 'object' && whole !== null && 'handlers' in whole;
    return 'handlers' in exported || !isWhole ? exported : whole;
  } catch (error) {
    throw new ArgumentError(`Cannot load ${printable(file)}: ${problemOf(error, file)}`, {
      cause: error,
    });
  }
}

function problemOf(error: unknown, file: string): string {
  if ((error as NodeJS.ErrnoException | null)?.code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return (
      `Node.js ${process.version} does not load ${extname(file)} files; ` +
      `compile it to JavaScript, or use a loader, for example NODE_OPTIONS="--import tsx"`
    );
  }
  const message = messageOf(error);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const line = stack.split(pathToFileURL(file).href, 2)[1]?.match(/^:(\d+)/)?.[1];
  if (line !== undefined) return `${message} (line ${line})`;
  // For a module that a program imports, Node.js does not tell where the syntax error is.
  return error instanceof SyntaxError ? `${message}; node --check shows where` : message;
}

function requireHandlers(file: string, handlers: unknown): Handlers {
  if (typeof handlers !== 'object' || handlers === null) {
    const kind = handlers === null ? 'null' : `a ${typeof handlers}`;
    throw new ArgumentError(`The "handlers" of ${printable(file)} are ${kind}, not an object`);
  }
  if (Object.keys(handlers).length === 0) {
    throw new ArgumentError(
      `The "handlers" of ${printable(file)} have no own properties; ` +
        `to serve the methods of an instance, export handlersOf(instance)`,
    );
  }
  return handlers as Handlers;
}

function listed(exported: object): string {
  const names = Object.keys(exported).map((name) => `"${printable(name)}"`);
  return names.length === 0 ? 'it exports nothing' : `it exports ${names.join(', ')}`;
}

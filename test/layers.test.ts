import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';

import t from 'tap';

import { FLOORS } from './fixtures/floors.js';
import { readSource, type SourceFacts } from './source-imports.js';

// File names are relative to `src`. A name that ends in `/` is a folder, and `*` is one segment.

/** The packages in the bundle of the page. */
const PAGE_PACKAGES = [
  'preact',
  '@preact/signals',
  '@dagrejs/dagre',
  'd3-force',
  'uplot',
  '@tanstack/virtual-core',
];

/** The packages that `rpcudp top` draws with. */
const TEXT_PACKAGES = ['string-width', 'wrap-ansi'];

/**
 * Parts of the platform and of packages, and the files that may use them. All other files get them
 * as parameters.
 */
const RESERVED: readonly { what: readonly string[]; onlyIn: readonly string[] }[] = [
  { what: ['node:dgram'], onlyIn: ['transport/'] },
  { what: ['node:cluster'], onlyIn: ['cluster/join.ts', 'cluster/fork.ts'] },
  {
    what: ['node:fs', 'node:fs/promises'],
    onlyIn: [
      'transport/system-file.ts',
      'inspector/recorder/identity.ts',
      'inspector/recording/file.ts',
      'inspector/recording/private-file.ts',
      'inspector/recording/reader.ts',
      'cli/',
    ],
  },
  { what: ['node:dns', 'node:dns/promises'], onlyIn: ['address/lookup.ts'] },
  { what: ['Math.random'], onlyIn: ['random.ts'] },
  {
    what: ['node:crypto', 'crypto'],
    onlyIn: [
      'random.ts',
      'cluster/envelope.ts',
      'inspector/hub/guard.ts',
      'peer/return-path-tokens.ts',
    ],
  },
  {
    what: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'queueMicrotask',
      'process.nextTick',
      'performance',
      'Date.now',
      'AbortSignal.timeout',
      'globalThis',
      'node:timers',
      'node:timers/promises',
      'node:perf_hooks',
    ],
    onlyIn: [
      'time/clock.ts',
      'time/turn-count.ts',
      'time/platform.ts',
      'time/stand-in.ts',
      'time/histogram.ts',
      'inspector/recorder/identity.ts',
      'inspector/page/live/',
      'inspector/page/components/copy-button.ts',
      'cli/',
    ],
  },
  { what: ['node:async_hooks'], onlyIn: ['time/async-context.ts'] },
  {
    what: ['process', 'node:process'],
    onlyIn: [
      'engine/warning.ts',
      'transport/reuse-port.ts',
      'cluster/join.ts',
      'inspector/recorder/identity.ts',
      'inspector/recording/private-file.ts',
      'cli/',
    ],
  },
  { what: ['commander', 'ansi-escapes', '@cfworker/json-schema'], onlyIn: ['cli/'] },
  { what: TEXT_PACKAGES, onlyIn: ['cli/top/'] },

  { what: ['cli/'], onlyIn: ['cli/'] },
  { what: ['testing/'], onlyIn: ['testing/'] },
  { what: ['cluster/'], onlyIn: ['cluster/'] },
  { what: ['inspector/'], onlyIn: ['inspector/', 'cli/'] },
  { what: PAGE_PACKAGES, onlyIn: ['inspector/page/'] },
  { what: ['inspector/page/'], onlyIn: ['inspector/page/'] },
  { what: ['ws', 'sirv', 'valibot'], onlyIn: ['inspector/'] },
  { what: ['node:http'], onlyIn: ['inspector/', 'cli/metrics.ts'] },
  { what: ['metrics/'], onlyIn: ['metrics/', 'cli/metrics.ts'] },
  { what: ['@opentelemetry/api'], onlyIn: ['metrics/'] },
  { what: ['prom-client'], onlyIn: ['cli/metrics.ts'] },
];

/**
 * Tables of words and what is derived from them. They import only each other, and files that show
 * words may import them.
 */
const VOCABULARY = [
  'vocabulary.ts',
  'api/call-state.ts',
  'api/endpoint-state.ts',
  'api/fate.ts',
  'api/health.ts',
  'api/notification-state.ts',
  'api/request-ending.ts',
  'api/verdict.ts',
  'handler/state.ts',
  'wire/drop-reason.ts',
  'wire/error-code.ts',
  'wire/frame-type.ts',
];

/** What the page shares with the rest of the inspector. */
const PAGE_SHARES = ['fifo', 'kind', 'lanes', 'record', 'told-records'].map(
  (name) => `inspector/${name}.ts`,
);

/** What makes text from the network safe to read. It runs in a browser, too. */
const READABLE = ['escape.ts', 'legible/printable.ts', 'legible/typed-text.ts'];

/** What the doctor and the page judge by, and how they write it. */
const JUDGEMENT = ['doctor/statistics.ts', 'doctor/words.ts'];

/**
 * Rules and types without effects. They import only each other, and `node:net` to recognise IP
 * addresses.
 */
const PURE = [
  ...VOCABULARY,
  'copies/shared-class.ts',
  'copies/version.ts',
  'errors.ts',
  'escape.ts',
  'inspector/fifo.ts',
  'address/address.ts',
  'address/ip.ts',
  'api/call-report.ts',
  'api/notification-report.ts',
  'api/outcome.ts',
  'call/backoff.ts',
  'call/executed.ts',
  'call/first-round-trips.ts',
  'call/recent-ids.ts',
  'call/round-trip.ts',
  'call/verdict.ts',
  'wire/drop.ts',
  'wire/frame.ts',
  'wire/transaction-id.ts',
];

/** Everything that a room or a file may import. With `typesToo` this also holds for types. */
const CONFINED: readonly { files: readonly string[]; to: readonly string[]; typesToo?: true }[] = [
  { files: ['*/machine.ts'], to: ['xstate', 'actor/assigner.ts', ...PURE] },
  { files: VOCABULARY, to: VOCABULARY, typesToo: true },
  { files: PURE, to: ['node:net', ...PURE] },
  { files: ['actor/'], to: ['xstate', 'actor/', 'time/async-context.ts'] },
  {
    files: ['wire/'],
    to: [
      ...['node:buffer', 'node:util/types', '@msgpack/msgpack'],
      ...['wire/', 'copies/', 'errors.ts', 'escape.ts', 'vocabulary.ts'],
    ],
    typesToo: true,
  },
  {
    files: ['cli/top/'],
    to: ['cli/top/', 'node:util', ...READABLE, ...TEXT_PACKAGES, ...VOCABULARY],
  },
  {
    files: ['inspector/page/'],
    to: [
      ...PAGE_SHARES,
      'inspector/page/',
      ...PAGE_PACKAGES,
      ...JUDGEMENT,
      ...READABLE,
      ...VOCABULARY,
    ],
    typesToo: true,
  },
  {
    files: ['inspector/page/store/'],
    to: [
      ...PAGE_SHARES,
      'inspector/page/store/',
      // It computes, and needs no browser.
      'd3-force',
      ...JUDGEMENT,
      ...READABLE,
      ...VOCABULARY,
    ],
    typesToo: true,
  },
];

/** The most lines of a file. A longer file has more than one purpose. */
const MAX_LINES = 300;
/** The most files directly in src. With more, a reader could not guess where to look. */
const MAX_LOOSE_FILES = 6;

/** What users import: files with public names only. */
const ENTRIES = [
  ...['index.ts', 'testing/index.ts', 'cluster/index.ts', 'inspector/index.ts'],
  'metrics/index.ts',
];

/** Imports the module that is given to `rpcudp serve`. */
const LOADS_USER_MODULES = 'cli/handlers-module.ts';

/** What the library loads. The other dependencies are for the command and the inspector. */
const RUNTIME_DEPENDENCIES = ['@msgpack/msgpack', 'xstate'];

/** What is loaded when it is asked for, and installed by those who ask. */
const OPTIONAL_DEPENDENCIES = ['@opentelemetry/api', 'prom-client'];

type Sources = ReadonlyMap<string, SourceFacts>;

t.test('every file of src imports only what its layer may import', (t) => {
  t.same(violations(realSources()), []);
  t.end();
});

t.test('no file of src imports, types included, from its own floor or a higher one', (t) => {
  t.same(climbs(realSources()), []);
  t.end();
});

t.test('no files of src import each other in a circle, types included', (t) => {
  t.equal(cycle(realSources()), undefined);
  t.end();
});

t.test('no file of src is too long, and few files are directly in src', (t) => {
  const names = sourceNames();
  const linesOf = (name: string): number =>
    readFileSync(`src/${name}`, 'utf8').split('\n').length - 1;
  t.same(
    names.map((name) => [name, linesOf(name)] as const).filter(([, lines]) => lines > MAX_LINES),
    [],
  );
  const loose = names.filter((name) => !name.includes('/'));
  t.ok(loose.length <= MAX_LOOSE_FILES, loose.join());
  t.end();
});

t.test('the library needs exactly its runtime dependencies at run time', (t) => {
  const { dependencies, peerDependencies, peerDependenciesMeta, devDependencies } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  ) as Record<'dependencies' | 'peerDependencies' | 'devDependencies', Record<string, string>> & {
    readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
  };
  const ofCommand = new Set<string>();
  const ofLibrary = new Set<string>();
  for (const [name, { imports }] of realSources()) {
    for (const { specifier } of imports) {
      if (specifier === '(computed)' || specifier.startsWith('.') || isBuiltin(specifier)) continue;
      // The page is bundled with its packages.
      if (matches('inspector/page/', name)) continue;
      if (OPTIONAL_DEPENDENCIES.includes(packageOf(specifier))) continue;
      (matchesAny(['cli/', 'inspector/'], name) ? ofCommand : ofLibrary).add(packageOf(specifier));
    }
  }
  t.same([...ofLibrary].sort(), RUNTIME_DEPENDENCIES, 'what src imports besides cli and inspector');
  t.same(
    Object.keys({ ...dependencies, ...peerDependencies }).sort(),
    [...new Set([...RUNTIME_DEPENDENCIES, ...OPTIONAL_DEPENDENCIES, ...ofCommand])].sort(),
    'what package.json installs, or leaves to its users',
  );
  // Users' machines must be of the same xstate: of two copies, the types do not fit.
  const peers = ['xstate', ...OPTIONAL_DEPENDENCIES];
  t.same(peerDependencies, Object.fromEntries(peers.map((name) => [name, devDependencies[name]])));
  const optional = OPTIONAL_DEPENDENCIES.map((name) => [name, { optional: true }] as const);
  t.same(peerDependenciesMeta, Object.fromEntries(optional));
  t.end();
});

t.test('each rule catches a file that breaks it', (t) => {
  const broken: readonly (readonly [name: string, text: string, report: string])[] = [
    ['peer/peer.ts', `import { createSocket } from 'node:dgram';`, 'takes node:dgram'],
    ['peer/peer.ts', `import { createSocket } from 'dgram';`, 'takes node:dgram'],
    ['transport/udp.ts', `import { readFileSync } from 'node:fs';`, 'takes node:fs'],
    ['peer/peer.ts', `const dns = await import('node:dns');`, 'takes node:dns'],
    ['peer/peer.ts', `await import(name);`, 'imports (computed)'],
    ['wire/frame.ts', `import { randomBytes } from 'node:crypto';`, 'takes node:crypto'],
    ['peer/peer.ts', `const id = crypto.randomUUID();`, 'takes crypto'],
    ['peer/peer.ts', `const x = Math.random();`, 'takes Math.random'],
    ['peer/peer.ts', `const nowMs = Date.now();`, 'takes Date.now'],
    ['peer/peer.ts', `const now = new Date();`, 'takes Date.now'],
    ['peer/peer.ts', `globalThis.setTimeout(f, 1);`, 'takes globalThis'],
    ['peer/peer.ts', `const clock = { setTimeout };`, 'takes setTimeout'],
    ['peer/peer.ts', `queueMicrotask(f);`, 'takes queueMicrotask'],
    ['peer/peer.ts', `import { AsyncResource } from 'node:async_hooks';`, 'takes node:async_hooks'],
    ['peer/peer.ts', `import { Command } from 'commander';`, 'takes commander'],
    ['peer/peer.ts', `import { main } from '../cli/main.js';`, 'takes cli/main.ts'],
    ['peer/peer.ts', `import { clock } from '../testing/clock.js';`, 'takes testing/clock.ts'],
    ['peer/machine.ts', `import { peer } from './peer.js';`, 'imports peer/peer.ts'],
    ['api/outcome.ts', `import { setup } from 'xstate';`, 'imports xstate'],
    ['wire/frame.ts', `import type { A } from '../address.js';`, 'imports address.ts'],
    ['wire/frame.ts', `let a: import('../address.js').A;`, 'imports address.ts'],
    ['actor/table.ts', `export { peer } from '../peer/peer.js';`, 'imports peer/peer.ts'],
    ['peer/peer.ts', `export * from './machine.js';`, 'exports a star'],
    ['index.ts', `export const version = '0.1.0';`, 'has code of its own'],
    ['testing/index.ts', `export const version = '0.1.0';`, 'has code of its own'],
    ['cluster/index.ts', `export const version = '0.1.0';`, 'has code of its own'],
    ['cluster/workers.ts', `import cluster from 'node:cluster';`, 'takes node:cluster'],
    ['inspector/hub/hub.ts', `import { h } from 'preact';`, 'takes preact'],
    [
      'inspector/hub/hub.ts',
      `import { a } from '../page/store/rows.js';`,
      'takes inspector/page/store/rows.ts',
    ],
    ['inspector/page/store/rows.ts', `import { h } from 'preact';`, 'imports preact'],
    [
      'inspector/page/store/rows.ts',
      `import type { Call } from '../../../call/call.js';`,
      'imports call/call.ts',
    ],
    [
      'inspector/page/views/call.ts',
      `import { explainDatagram } from '../../../wire/explain.js';`,
      'imports wire/explain.ts',
    ],
    ['api/fate.ts', `import type { Frame } from '../wire/frame.js';`, 'imports wire/frame.ts'],
    ['endpoint/endpoint.ts', `import { a } from '../cluster/join.js';`, 'takes cluster/join.ts'],
    ['inspector/index.ts', `export const version = '0.1.0';`, 'has code of its own'],
    ['endpoint/endpoint.ts', `import { a } from '../inspector/hub.js';`, 'takes inspector/hub.ts'],
    ['endpoint/endpoint.ts', `import { WebSocket } from 'ws';`, 'takes ws'],
    ['endpoint/endpoint.ts', `import { a } from '../metrics/spans.js';`, 'takes metrics/spans.ts'],
    ['endpoint/endpoint.ts', `import { Registry } from 'prom-client';`, 'takes prom-client'],
    ['metrics/index.ts', `export const version = '0.1.0';`, 'has code of its own'],
    ['metrics/spans.ts', `import { Registry } from 'prom-client';`, 'takes prom-client'],
  ];
  for (const [name, text, report] of broken) {
    t.match(violations(new Map([[name, readSource(text)]])), [`${name} ${report}`], text);
  }
  const circle = new Map([
    ['a.ts', readSource(`import { b } from './b.js';`)],
    ['b.ts', readSource(`export { a } from './a.js';`)],
  ]);
  t.equal(cycle(circle), 'a.ts > b.ts > a.ts');
  const ofTypes = new Map([
    ['a.ts', readSource(`import type { B } from './b.js';`)],
    ['b.ts', readSource(`let a: import('./a.js').A;`)],
  ]);
  t.equal(cycle(ofTypes), 'a.ts > b.ts > a.ts', 'types count');
  for (const [name, text, report] of [
    [
      'call/call.ts',
      `import { a } from '../peer/actor.js';`,
      'call/call.ts climbs to peer/actor.ts',
    ],
    [
      'call/call.ts',
      `import type { A } from '../handler/inbox.js';`,
      'call/call.ts climbs to handler/inbox.ts',
    ],
    ['errors.ts', `import type { A } from './wire/frame.js';`, 'errors.ts climbs to wire/frame.ts'],
    ['lobby/a.ts', '', 'lobby/a.ts is on no floor'],
  ] as const) {
    t.same(climbs(new Map([[name, readSource(text)]])), [report], text);
  }
  t.end();
});

t.test('code that only looks like a violation is allowed', (t) => {
  const fine: readonly (readonly [name: string, text: string])[] = [
    ['peer/peer.ts', `clock.setTimeout(f, 1); interface C { setTimeout(): void }`],
    ['peer/peer.ts', `function f(process: () => void) { process(); }`],
    ['peer/peer.ts', `type Timer = ReturnType<typeof setTimeout>;`],
    ['peer/peer.ts', `const at = new Date(ms);`],
    ['peer/machine.ts', `import { setup } from 'xstate'; import type { P } from './peer.js';`],
    ['actor/table.ts', `import type { Call } from '../call/call.js';`],
    ['time/platform.ts', `setTimeout(f, 1);`],
    ['index.ts', `export { a } from './a.js'; export type { B } from './a.js';`],
  ];
  for (const [name, text] of fine) {
    t.same(violations(new Map([[name, readSource(text)]])), [], text);
  }
  t.end();
});

function sourceNames(): string[] {
  const names = readdirSync('src', { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /\.tsx?$/.test(name)).sort();
}

function realSources(): Sources {
  return new Map(
    sourceNames().map((name) => [
      // As its importers write it.
      name.replace(/x$/, ''),
      readSource(readFileSync(`src/${name}`, 'utf8'), name),
    ]),
  );
}

function violations(sources: Sources): string[] {
  const found = new Set<string>();
  for (const [name, facts] of sources) {
    const imports = facts.imports.map((entry) => ({
      ...entry,
      what: target(name, entry.specifier),
    }));
    const taken = [...facts.globals, ...imports.map(({ what }) => what)];

    for (const { what, onlyIn } of RESERVED) {
      if (matchesAny(onlyIn, name)) continue;
      for (const one of taken) if (matchesAny(what, one)) found.add(`${name} takes ${one}`);
    }
    for (const { files, to, typesToo } of CONFINED) {
      if (!matchesAny(files, name)) continue;
      for (const { what, typeOnly } of imports) {
        if (typeOnly && typesToo !== true) continue;
        if (!matchesAny(to, what)) found.add(`${name} imports ${what}`);
      }
    }
    const computed = imports.some(({ what }) => what === '(computed)');
    if (computed && name !== LOADS_USER_MODULES) found.add(`${name} imports (computed)`);
    if (facts.exportsStar) found.add(`${name} exports a star`);
    if (ENTRIES.includes(name) && !facts.onlyReexports) found.add(`${name} has code of its own`);
  }
  return [...found];
}

/** Imports from a floor that is not below the file's, and files that are on no floor. */
function climbs(sources: Sources): string[] {
  const found: string[] = [];
  for (const [name, { imports }] of sources) {
    const floor = floorOf(name);
    if (floor === undefined) found.push(`${name} is on no floor`);
    for (const { specifier } of imports) {
      const what = target(name, specifier);
      const below = floorOf(what);
      if (below === undefined || floor === undefined || roomOf(what) === roomOf(name)) continue;
      if (below <= floor) found.push(`${name} climbs to ${what}`);
    }
  }
  return found;
}

/** Counted from the top; undefined for a name that is not a file of src. */
function floorOf(name: string): number | undefined {
  const floor = FLOORS.findIndex((rooms) => rooms.includes(roomOf(name)));
  return floor === -1 ? undefined : floor;
}

/** The folder directly in src that a file is in; or the file itself, if it is directly in src. */
function roomOf(name: string): string {
  const slash = name.indexOf('/');
  return slash === -1 ? name : name.slice(0, slash + 1);
}

/** The first circle, written as a path; undefined if there is none. */
function cycle(sources: Sources): string | undefined {
  const done = new Set<string>();
  function walk(name: string, path: readonly string[]): string | undefined {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name].join(' > ');
    if (done.has(name)) return undefined;
    for (const { specifier } of sources.get(name)?.imports ?? []) {
      const circle = walk(target(name, specifier), [...path, name]);
      if (circle !== undefined) return circle;
    }
    done.add(name);
    return undefined;
  }
  for (const name of sources.keys()) {
    const circle = walk(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** What an import names: a file of src, a builtin with its prefix, or a package. */
function target(importer: string, specifier: string): string {
  if (specifier.startsWith('.')) {
    return posix.join(posix.dirname(importer), specifier).replace(/\.js$/, '.ts');
  }
  if (isBuiltin(specifier)) return `node:${specifier.replace(/^node:/, '')}`;
  return specifier === '(computed)' ? specifier : packageOf(specifier);
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function matchesAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matches(pattern, name));
}

function matches(pattern: string, name: string): boolean {
  if (pattern.endsWith('/')) return name.startsWith(pattern);
  if (!pattern.includes('*')) return name === pattern;
  const [before = '', after = ''] = pattern.split('*');
  const middle = name.slice(before.length, name.length - after.length);
  return name.startsWith(before) && name.endsWith(after) && !middle.includes('/');
}

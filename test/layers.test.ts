import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';

import t from 'tap';

import { readSource, type SourceFacts } from './fixtures/source-imports.js';

// Files are named from `src`. A name that ends in `/` is a folder, and `*` is one segment.

/** What the page is bundled with. */
const PAGE_PACKAGES = [
  'preact',
  '@preact/signals',
  '@dagrejs/dagre',
  'uplot',
  '@tanstack/virtual-core',
];

/** What the platform and packages offer, and who may take it: the rest are given it as parameter. */
const RESERVED: readonly { what: readonly string[]; onlyIn: readonly string[] }[] = [
  { what: ['node:dgram'], onlyIn: ['transport/udp.ts', 'transport/bound-socket.ts'] },
  { what: ['node:cluster'], onlyIn: ['cluster/join.ts', 'cluster/fork.ts'] },
  {
    what: ['node:fs', 'node:fs/promises'],
    onlyIn: [
      'transport/kernel-drops.ts',
      'inspector/recorder/identity.ts',
      'inspector/recording/file.ts',
      'inspector/recording/reader.ts',
      'cli/',
    ],
  },
  { what: ['node:dns', 'node:dns/promises'], onlyIn: ['resolve.ts'] },
  { what: ['Math.random'], onlyIn: ['random.ts'] },
  {
    what: ['node:crypto', 'crypto'],
    onlyIn: ['random.ts', 'cluster/envelope.ts', 'inspector/hub/guard.ts'],
  },
  {
    what: [
      'setTimeout',
      'setInterval',
      'setImmediate',
      'performance',
      'Date.now',
      'AbortSignal.timeout',
      'globalThis',
      'node:timers',
      'node:timers/promises',
      'node:perf_hooks',
    ],
    onlyIn: [
      'clock.ts',
      'random.ts',
      'inspector/hub/feed.ts',
      'inspector/recorder/identity.ts',
      'inspector/page/live/',
      'inspector/page/components/copy-button.ts',
      'inspector/recording/file.ts',
      'inspector/hub/server.ts',
      'inspector/hub/watch.ts',
      'cli/',
    ],
  },
  {
    what: ['process', 'node:process'],
    onlyIn: [
      'warning.ts',
      'transport/reuse-port.ts',
      'cluster/join.ts',
      'inspector/recorder/identity.ts',
      'cli/',
    ],
  },
  { what: ['commander'], onlyIn: ['cli/'] },
  { what: ['cli/'], onlyIn: ['cli/', 'inspector/recorder/command-line.ts'] },
  { what: ['testing/'], onlyIn: ['testing/'] },
  { what: ['cluster/'], onlyIn: ['cluster/'] },
  { what: ['inspector/'], onlyIn: ['inspector/', 'cli/'] },
  { what: PAGE_PACKAGES, onlyIn: ['inspector/page/'] },
  { what: ['inspector/page/'], onlyIn: ['inspector/page/'] },
  { what: ['ws', 'sirv', 'valibot', 'node:http'], onlyIn: ['inspector/'] },
];

/** Tables of words and what is read off them: they import only each other, and whoever shows words may import them. */
const VOCABULARY = [
  'vocabulary.ts',
  'call/state.ts',
  'call/verdict.ts',
  'handler/request-ending.ts',
  'handler/state.ts',
  'peer/health.ts',
  'socket/fate.ts',
  'wire/drop-reason.ts',
  'wire/error-code.ts',
  'wire/frame-type.ts',
];

/** Rules and shapes without effects: they import only each other. */
const PURE = [
  ...VOCABULARY,
  'errors.ts',
  'fifo.ts',
  'address.ts',
  'ip.ts',
  'call/outcome.ts',
  'call/report.ts',
  'call/backoff.ts',
  'call/id-hash.ts',
  'call/recent-ids.ts',
  'peer/round-trip.ts',
  'wire/drop.ts',
  'wire/escape.ts',
  'wire/frame.ts',
];

/** The whole of what a layer may import. `typesToo` holds it to that for types as well. */
const CONFINED: readonly { files: readonly string[]; to: readonly string[]; typesToo?: true }[] = [
  { files: ['*/machine.ts'], to: ['xstate', 'actor/assigner.ts', ...PURE] },
  { files: VOCABULARY, to: VOCABULARY, typesToo: true },
  { files: PURE, to: PURE },
  { files: ['actor/'], to: ['xstate', 'actor/'] },
  {
    files: ['wire/'],
    to: ['node:buffer', '@msgpack/msgpack', 'wire/', 'errors.ts', 'vocabulary.ts'],
    typesToo: true,
  },
  { files: ['cli/top/'], to: ['cli/top/', 'cli/printable.ts', ...VOCABULARY] },
  {
    files: ['inspector/page/'],
    to: ['fifo.ts', 'inspector/record.ts', 'inspector/page/', ...PAGE_PACKAGES, ...VOCABULARY],
    typesToo: true,
  },
  {
    files: ['inspector/page/store/'],
    to: ['fifo.ts', 'inspector/record.ts', 'inspector/page/store/', ...VOCABULARY],
    typesToo: true,
  },
];

/** What users import: the public names and nothing else. */
const ENTRIES = ['index.ts', 'testing/index.ts', 'cluster/index.ts', 'inspector/index.ts'];

/** Imports the module that `rpcudp serve` is given. */
const LOADS_USER_MODULES = 'cli/handlers-module.ts';

/** What the library loads; the rest of what its users install is for the command and the inspector. */
const RUNTIME_DEPENDENCIES = ['@msgpack/msgpack', 'xstate'];

type Sources = ReadonlyMap<string, SourceFacts>;

t.test('every file of src keeps to its layer', (t) => {
  t.same(violations(realSources()), []);
  t.end();
});

t.test('no files of src import each other in a circle', (t) => {
  t.equal(cycle(realSources()), undefined);
  t.end();
});

t.test('the library needs exactly its runtime dependencies at run time', (t) => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const ofCommand = new Set<string>();
  const ofLibrary = new Set<string>();
  for (const [name, { imports }] of realSources()) {
    for (const { specifier } of imports) {
      if (specifier === '(computed)' || specifier.startsWith('.') || isBuiltin(specifier)) continue;
      // The page is bundled with what it needs.
      if (matches('inspector/page/', name)) continue;
      (matchesAny(['cli/', 'inspector/'], name) ? ofCommand : ofLibrary).add(packageOf(specifier));
    }
  }
  t.same([...ofLibrary].sort(), RUNTIME_DEPENDENCIES, 'what src imports besides cli and inspector');
  t.same(
    Object.keys(dependencies).sort(),
    [...new Set([...RUNTIME_DEPENDENCIES, ...ofCommand])].sort(),
    'what package.json installs',
  );
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
    ['peer/peer.ts', `import { Command } from 'commander';`, 'takes commander'],
    ['peer/peer.ts', `import { main } from '../cli/main.js';`, 'takes cli/main.ts'],
    ['peer/peer.ts', `import { clock } from '../testing/clock.js';`, 'takes testing/clock.ts'],
    ['peer/machine.ts', `import { peer } from './peer.js';`, 'imports peer/peer.ts'],
    ['call/outcome.ts', `import { setup } from 'xstate';`, 'imports xstate'],
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
    ['socket/fate.ts', `import type { Frame } from '../wire/frame.js';`, 'imports wire/frame.ts'],
    ['endpoint/endpoint.ts', `import { a } from '../cluster/join.js';`, 'takes cluster/join.ts'],
    ['inspector/index.ts', `export const version = '0.1.0';`, 'has code of its own'],
    ['endpoint/endpoint.ts', `import { a } from '../inspector/hub.js';`, 'takes inspector/hub.ts'],
    ['endpoint/endpoint.ts', `import { WebSocket } from 'ws';`, 'takes ws'],
  ];
  for (const [name, text, report] of broken) {
    t.match(violations(new Map([[name, readSource(text)]])), [`${name} ${report}`], text);
  }
  const circle = new Map([
    ['a.ts', readSource(`import { b } from './b.js';`)],
    ['b.ts', readSource(`export { a } from './a.js';`)],
  ]);
  t.equal(cycle(circle), 'a.ts > b.ts > a.ts');
  t.end();
});

t.test('what only looks like a breach is let through', (t) => {
  const fine: readonly (readonly [name: string, text: string])[] = [
    ['peer/peer.ts', `clock.setTimeout(f, 1); interface C { setTimeout(): void }`],
    ['peer/peer.ts', `function f(process: () => void) { process(); }`],
    ['peer/peer.ts', `type Timer = ReturnType<typeof setTimeout>;`],
    ['peer/peer.ts', `const at = new Date(ms);`],
    ['peer/machine.ts', `import { setup } from 'xstate'; import type { P } from './peer.js';`],
    ['actor/table.ts', `import type { Call } from '../call/call.js';`],
    ['clock.ts', `setTimeout(f, 1);`],
    ['index.ts', `export { a } from './a.js'; export type { B } from './a.js';`],
  ];
  for (const [name, text] of fine) {
    t.same(violations(new Map([[name, readSource(text)]])), [], text);
  }
  const types = new Map([
    ['a.ts', readSource(`import type { B } from './b.js';`)],
    ['b.ts', readSource(`import { a } from './a.js';`)],
  ]);
  t.equal(cycle(types), undefined);
  t.end();
});

function realSources(): Sources {
  const names = readdirSync('src', { recursive: true, encoding: 'utf8' });
  return new Map(
    names
      .filter((name) => /\.tsx?$/.test(name))
      .sort()
      .map((name) => [
        // As those who import it write it.
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

/** The first circle found, written as a path, or undefined. */
function cycle(sources: Sources): string | undefined {
  const done = new Set<string>();
  function walk(name: string, path: readonly string[]): string | undefined {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name].join(' > ');
    if (done.has(name)) return undefined;
    for (const { specifier, typeOnly } of sources.get(name)?.imports ?? []) {
      const circle = typeOnly ? undefined : walk(target(name, specifier), [...path, name]);
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

/**
 * Quick tests: the suites that need no other process, browser, Python or network of its own, in one
 * process. Most of what a test file costs is loading, and here everything is loaded once.
 */
import { readdirSync } from 'node:fs';

const SUITES = [
  ...[
    'actor',
    'address',
    'call',
    'contract',
    'description',
    'endpoint',
    'engine',
    'handler',
    'legible',
    'peer',
  ],
  ...['socket', 'testing', 'time', 'transport', 'wire', 'xstate'],
];

for (const suite of SUITES) {
  const folder = new URL(`${suite}/`, import.meta.url);
  for (const name of readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts'))
    .sort()) {
    await import(new URL(name, folder).href);
  }
}

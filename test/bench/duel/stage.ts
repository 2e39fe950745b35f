/**
 * Stage: where a build runs: a folder with copies of the build and of the benchmark's programs. A
 * package that imports its own name gets itself, so the same programs load the build in their
 * folder. The paths of both folders have the same length. And the original may be built again in
 * the meantime.
 */
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BUILDS } from './build.js';
import type { Side } from './sides.js';

const COMPILED = resolve('.bench');

export interface Stage {
  /** The folder of the programs. */
  readonly programs: string;
  /** The entry points of the build: `.`, `./inspector` and so on. */
  readonly entryPoints: ReadonlySet<string>;
}

/** Makes the folder from the built project in `source`. */
export function stage(side: Side, source: string): Stage {
  const folder = join(BUILDS, side);
  rmSync(folder, { recursive: true, force: true });
  for (const part of ['dist', 'package.json']) {
    cpSync(join(source, part), join(folder, part), { recursive: true });
  }
  const packages = join(source, 'node_modules');
  if (existsSync(packages)) symlinkSync(packages, join(folder, 'node_modules'));
  for (const name of readdirSync(COMPILED)) {
    const part = join(COMPILED, name);
    if (part !== BUILDS) cpSync(part, join(folder, 'bench', name), { recursive: true });
  }
  return {
    programs: join(folder, 'bench/comparison'),
    entryPoints: entryPointsIn(join(folder, 'package.json')),
  };
}

function entryPointsIn(path: string): Set<string> {
  const { exports } = JSON.parse(readFileSync(path, 'utf8')) as { exports: object };
  return new Set(Object.keys(exports));
}

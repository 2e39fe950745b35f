/**
 * Programs: the TypeScript of the pages, each a file as a reader would make it by copying.
 *
 * Of a block the page can say, after the language: a file's name (`ts server.ts`), for a program that another one of
 * the page imports; or `as-above`, for one that goes on where the page's last program ended.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { PAGES } from './pages.js';
import type { Page } from './pages.js';

const AS_ABOVE = 'as-above';

/** A program of a page. */
export interface Program {
  readonly page: string;
  /** Where it begins, for people: `src/call/README.md:24`. */
  readonly place: string;
  /** Its file, from the folder that holds all programs. */
  readonly path: string;
  readonly text: string;
  /** Whether the page gave it a name: others can import it. */
  readonly named: boolean;
  /** What it prints to its end; undefined when the page does not say. */
  readonly prints: string | undefined;
}

/** Every program of every page. */
export function programs(): Program[] {
  return PAGES.flatMap(programsOf);
}

function programsOf(page: Page): Program[] {
  const found: Program[] = [];
  for (const block of page.blocks.filter(({ language }) => language === 'ts')) {
    const goesOn = block.info === AS_ABOVE;
    const named = block.info !== '' && !goesOn;
    const before = goesOn ? found.at(-1) : undefined;
    if (goesOn && before === undefined) {
      throw new Error(`${block.page}:${block.line} goes on, but nothing is above it`);
    }
    found.push({
      page: page.path,
      place: `${block.page}:${block.line}`,
      path: join(folderOf(page), named ? block.info : `line-${block.line}.ts`),
      text: `${before?.text ?? ''}${block.text}\n`,
      named,
      // What was above prints as well.
      prints: goesOn ? undefined : block.prints,
    });
  }
  return found;
}

/** A folder for each page, so that its programs find each other by the names that it gave them. */
function folderOf({ path }: Page): string {
  return dirname(path) === '.' ? 'root' : dirname(path).replaceAll(/[/.]/g, '-');
}

/** What `tsc --init` of TypeScript 6 gives a reader, with Node's types. */
const READERS_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  noUncheckedSideEffectImports: true,
  declaration: true,
  skipLibCheck: true,
};

/** Compiles programs into JavaScript beside them; gives what the compiler says, a line each. */
export function compile(folder: string, all: readonly Program[]): string[] {
  for (const { path, text } of all) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const files = all.map(({ path }) => join(folder, path));
  const compiled = ts.createProgram(files, READERS_OPTIONS);
  const { diagnostics } = compiled.emit();
  const placeOf = (name: string): string =>
    all.find(({ path }) => name === join(folder, path))?.place ?? name;
  return [...ts.getPreEmitDiagnostics(compiled), ...diagnostics].map(
    ({ file, start = 0, messageText }) => {
      const message = ts.flattenDiagnosticMessageText(messageText, '\n');
      if (file === undefined) return message;
      const { line } = file.getLineAndCharacterOfPosition(start);
      const source = file.text.split('\n')[line]?.trim() ?? '';
      return `${placeOf(file.fileName)}, in '${source}': ${message}`;
    },
  );
}

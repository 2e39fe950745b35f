/**
 * Programs: the TypeScript of the pages, each a file as a reader would make it by copying. Of a block
 * the page can say a file's name after the language (`ts server.ts`), for a program that belongs
 * together with others of the page.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { PAGES } from './pages.js';
import type { Page } from './pages.js';

/** A program of a page. */
export interface Program {
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
  return page.blocks
    .filter(({ language }) => language === 'ts')
    .map(({ line, info, text, prints }) => ({
      place: `${page.path}:${line}`,
      path: join(folderOf(page), info === '' ? `line-${line}.ts` : info),
      text: `${text}\n`,
      named: info !== '',
      prints,
    }));
}

/** Whether a program waits for Ctrl-C before it ends. */
export function staysUntilInterrupted({ text }: Program): boolean {
  return text.includes("process, 'SIGINT'");
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

/** A reader learns from the head of a file what it is for, or from the one thing that it exports. */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import t from 'tap';

const FOLDERS = [
  'src',
  'demos',
  '.config',
  'test/fixtures',
  'test/sim',
  'test/bench',
  'test/corridor',
];

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.d|\.test)\.(ts|tsx|js)$/.test(name) && !name.includes('node_modules'))
    .map((name) => `${folder}/${name}`)
    .sort();
}

/** Whether a comment stands at the head, or before the first statement, or the first export. */
function isExplained(path: string): boolean {
  const text = readFileSync(path, 'utf8').replace(/^#!.*\n/, '');
  const { statements } = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const first = statements.find((statement) => !ts.isImportDeclaration(statement));
  const exported = statements.find(
    (statement) =>
      ts.canHaveModifiers(statement) &&
      statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
  );
  return [statements[0], first, exported].some(
    (statement) =>
      statement !== undefined && ts.getLeadingCommentRanges(text, statement.pos) !== undefined,
  );
}

t.test('every source file says what it is for, before it begins', async (t) => {
  const sources = FOLDERS.flatMap(sourcesIn);
  t.ok(sources.length > 400);
  t.same(
    sources.filter((path) => !isExplained(path)),
    [],
  );
});

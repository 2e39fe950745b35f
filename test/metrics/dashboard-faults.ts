/** Dashboard faults: what Grafana's own schema, which is a type of its package, says of a dashboard. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  types: [],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
};

const HEAD =
  "import type { Dashboard } from '@grafana/schema';\nexport const dashboard: Dashboard = ";

/**
 * Gives what is wrong with each of these texts of a dashboard in JSON. The compiler reads a text as a
 * value of the schema's type, so that a wrong word is found, and a name that the schema lacks.
 *
 * @param folder inside the project, where the package of the schema is found
 */
export function dashboardFaults(folder: string, texts: readonly string[]): string[][] {
  const files = texts.map((text, index) => {
    const file = join(folder, `dashboard-${index}.ts`);
    writeFileSync(file, `${HEAD}${text};\n`);
    return file;
  });
  const found = ts.getPreEmitDiagnostics(ts.createProgram(files, OPTIONS));
  return files.map((name) =>
    found
      .filter(({ file }) => file?.fileName === name)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  );
}

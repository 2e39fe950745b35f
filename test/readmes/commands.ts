/** Commands: what the pages ask their readers to type, a line each. */
import { PAGES } from './pages.js';
import type { Page } from './pages.js';

/** A command of a page. */
export interface Command {
  /** Where it stands, for people: `src/cli/README.md:7`. */
  readonly place: string;
  /** As it stands there, without the remark behind it. */
  readonly text: string;
  /** What it prints; undefined when the page does not say. */
  readonly prints: string | undefined;
}

/** Every command of every page. */
export function commands(): Command[] {
  return PAGES.flatMap(commandsOf);
}

/** The commands of a page, in order. */
export function commandsOf(page: Page): Command[] {
  return page.blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ line, text, prints }) =>
      // A line that ends in a backslash goes on in the next.
      text.split(/(?<!\\)\n/).flatMap((row, index) =>
        withoutRemark(row.replaceAll('\\\n', ''))
          .split('&&')
          .map((command) => ({
            place: `${page.path}:${line + index}`,
            text: command.trim(),
            prints,
          })),
      ),
    );
}

function withoutRemark(row: string): string {
  return row.replace(/\s+#\s.*$/, '');
}

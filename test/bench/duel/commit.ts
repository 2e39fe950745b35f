/** Commit: finds commits by name. */
import { run } from './command.js';

export interface Commit {
  readonly hash: string;
  /** For people: the beginning of the hash, and the date. */
  readonly title: string;
}

/** The commit with this name in git. @throws Error when git knows none. */
export async function commitNamed(name: string): Promise<Commit> {
  const revision = `${name}^{commit}`;
  const hash = await git('rev-parse', '--verify', '--end-of-options', revision).catch(
    (error: unknown) => {
      throw new Error(`--baseline must name a commit, but names ${name}`, { cause: error });
    },
  );
  return { hash, title: await git('log', '-1', '--format=%h of %cs', hash) };
}

/** The commit that is checked out, and whether it has changes. */
export async function titleOfThis(): Promise<string> {
  const { title } = await commitNamed('HEAD');
  const changes = await git('status', '--porcelain', '--', 'src', 'package-lock.json');
  return changes === '' ? title : `${title}, changed`;
}

async function git(...args: string[]): Promise<string> {
  return (await run('git', args)).trim();
}

/** Whole files: a file that the command writes is there as a whole, or not at all. */
import { constants, copyFile, link, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { systemRandom } from '../random.js';

/**
 * Writes the blocks to a file beside `path`, and gives it that name when it is complete. If anything
 * fails, what was at `path` before is unchanged. What is no file, such as a pipe, is written to
 * directly.
 *
 * @throws Error from the system; with the code EEXIST when `path` exists and is not to be replaced.
 */
export async function writeWhole(
  path: string,
  blocks: Iterable<Uint8Array>,
  replace: boolean,
): Promise<void> {
  const target = replace ? await realpath(path).catch(() => path) : path;
  if (replace && (await isDevice(target))) {
    await writeFile(target, blocks);
    return;
  }
  const partial = `${target}.${randomName()}.partial`;
  try {
    await writeFile(partial, blocks, { flag: 'wx' });
    await (replace ? rename(partial, target) : giveNewName(partial, target));
  } finally {
    await rm(partial, { force: true });
  }
}

/** Unlike `rename`, this replaces nothing. */
async function giveNewName(partial: string, target: string): Promise<void> {
  try {
    await link(partial, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    // Some file systems have no links.
    await copyFile(partial, target, constants.COPYFILE_EXCL);
  }
}

/** So that nobody can know the name before, and put another file there. */
function randomName(): string {
  const bytes = Buffer.alloc(6);
  systemRandom.fillBytes(bytes);
  return bytes.toString('hex');
}

async function isDevice(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isFile();
  } catch {
    return false;
  }
}

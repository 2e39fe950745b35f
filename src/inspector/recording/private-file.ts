/** Private files: those that their owner alone can read, reached by no symbolic link. */
import { constants } from 'node:fs';
import { lstat } from 'node:fs/promises';
import process from 'node:process';

/** What this needs of a file that was opened; `FileHandle` of `node:fs/promises` has it. */
export interface OwnedFile {
  stat(): Promise<{
    readonly size: number;
    readonly mode: number;
    readonly uid: number;
    isFile(): boolean;
  }>;
  chmod(mode: number): Promise<void>;
  close(): Promise<void>;
}

const PRIVATE_MODE = 0o600;
/** The bits of a mode that let others read, write or execute. */
const OTHERS = 0o077;

/**
 * How the file is opened. Windows lacks two of these flags; there they are undefined and count as
 * zero. Opening a pipe without a reader must fail, and not wait for one.
 */
const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
const FLAGS = O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW | O_NONBLOCK;

/**
 * Opens a file to append to it; makes it if it does not exist. If others can read it, it is made
 * private first.
 *
 * @throws Error when it is a link or no file, belongs to another user, or cannot be made private;
 * Error from the system.
 */
export async function openPrivate<File extends OwnedFile>(
  open: (path: string, flags: number, mode: number) => Promise<File>,
  path: string,
): Promise<File> {
  const file = await open(path, FLAGS, PRIVATE_MODE).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === 'ELOOP' ? linked(error) : error;
  });
  try {
    await makePrivate(file);
    return file;
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

async function makePrivate(file: OwnedFile): Promise<void> {
  const before = await file.stat();
  if (!before.isFile()) throw new Error(NO_FILE);
  // Windows has neither users nor modes of this kind.
  const ownUser = process.geteuid?.();
  if (ownUser === undefined) return;
  if (before.uid !== ownUser) throw new Error('it belongs to another user, who could read it');
  if ((before.mode & OTHERS) === 0) return;
  await file.chmod(PRIVATE_MODE);
  // Some file systems give every file the same mode.
  if (((await file.stat()).mode & OTHERS) !== 0) {
    throw new Error('others can read it, and it cannot be made private');
  }
}

/**
 * Checks that the path leads to a file, or to nothing yet, so that nothing else is opened at all.
 *
 * @throws Error when it is a link, a pipe or the like.
 */
export async function requireFileIfThere(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSymbolicLink() === true) throw linked();
  if (found !== undefined && !found.isFile() && !found.isDirectory()) throw new Error(NO_FILE);
}

const NO_FILE = 'it is no regular file';

function linked(cause?: unknown): Error {
  return new Error('it is a symbolic link, and links are not followed', { cause });
}

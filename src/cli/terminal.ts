/** The terminal: takes the screen for a while, draws lines on it and reads keys. */
import type { ReadStream, WriteStream } from 'node:tty';
import {
  cursorHide,
  cursorShow,
  cursorTo,
  enterAlternativeScreen,
  eraseDown,
  eraseEndLine,
  exitAlternativeScreen,
  synchronizedOutput,
} from 'ansi-escapes';

/** In columns and rows. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Terminal {
  readonly size: Size;
  /** Whether colours may be used. Not when NO_COLOR is set to any text (no-color.org). */
  readonly colours: boolean;
  /** Takes the screen. Keys are not echoed but given to `onKey`, Ctrl-C included, as `\u0003`. */
  take(onKey: (key: string) => void, onResize: () => void): void;
  /** Shows these lines and nothing else. Each has at most `size.width` columns. */
  draw(lines: readonly string[]): void;
  /**
   * Restores the screen. Idempotent. It happens by itself when the process exits for any reason.
   */
  giveBack(): void;
}

/** Line wrapping off, and on (xterm's DEC private mode 7). */
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';
const TAKE = enterAlternativeScreen + NO_WRAP + cursorHide;
const GIVE_BACK = cursorShow + WRAP + exitAlternativeScreen;

const USUAL: Size = { width: 80, height: 24 };

/** The parts of the process that a terminal needs. */
type Console = Pick<NodeJS.Process, 'env' | 'once' | 'off'> & {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
};

/**
 * The terminal that the process writes to. Undefined if stdout is not a terminal, or is a terminal
 * that cannot move its cursor.
 */
export function terminalOf(process: Console): Terminal | undefined {
  const { stdout, env } = process;
  return stdout.isTTY && env['TERM'] !== 'dumb' ? new ProcessTerminal(process) : undefined;
}

class ProcessTerminal implements Terminal {
  readonly #process: Console;
  readonly colours: boolean;
  readonly #giveBack = (): void => {
    this.giveBack();
  };
  #ended: (() => void) | undefined;

  constructor(process: Console) {
    this.#process = process;
    // Not `stdout.hasColors`: in Node.js 20 it treats an empty NO_COLOR as one with text.
    this.colours = (process.env['NO_COLOR'] ?? '') === '';
  }

  get size(): Size {
    const { columns, rows } = this.#process.stdout;
    // A terminal that does not know its size reports 0.
    return { width: columns || USUAL.width, height: rows || USUAL.height };
  }

  take(onKey: (key: string) => void, onResize: () => void): void {
    const { stdin, stdout } = this.#process;
    const onData = (data: Buffer): void => {
      onKey(data.toString());
    };
    stdout.write(TAKE);
    stdout.on('resize', onResize);
    if (stdin.isTTY) {
      stdin.setRawMode(true);
      stdin.on('data', onData);
    }
    this.#process.once('exit', this.#giveBack);
    this.#ended = () => {
      stdout.off('resize', onResize);
      if (stdin.isTTY) {
        stdin.off('data', onData);
        stdin.setRawMode(false);
        stdin.pause();
      }
      stdout.write(GIVE_BACK);
      this.#process.off('exit', this.#giveBack);
    };
  }

  draw(lines: readonly string[]): void {
    const { stdout } = this.#process;
    // A slow reader gets fewer pictures, instead of old ones.
    if (stdout.writableNeedDrain) return;
    const text = lines.map((line) => line + eraseEndLine).join('\r\n');
    stdout.write(synchronizedOutput(cursorTo(0, 0) + text + eraseDown));
  }

  giveBack(): void {
    const ended = this.#ended;
    this.#ended = undefined;
    ended?.();
  }
}

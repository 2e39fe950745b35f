import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { terminalOf } from '../../src/cli/terminal.js';

type Console = Parameters<typeof terminalOf>[0];

const GIVEN_BACK = '\u001b[?25h\u001b[?7h\u001b[?1049l';

/** A process whose streams say that they are terminals. */
function fakeConsole(env: Record<string, string> = {}) {
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => raw.push(on),
  });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 30 });
  const process = Object.assign(new EventEmitter(), { env, stdin, stdout });
  const written = (): string => (stdout.read() as Buffer | null)?.toString() ?? '';
  return { console: process as unknown as Console, process, stdin, stdout, raw, written };
}

t.test('a stream is no terminal if it is not a TTY, or if the terminal is dumb', async (t) => {
  const { console: dumb } = fakeConsole({ TERM: 'dumb' });
  t.equal(terminalOf(dumb), undefined);
  const { console: piped, stdout } = fakeConsole();
  stdout.isTTY = false;
  t.equal(terminalOf(piped), undefined);
});

t.test('colours are used unless NO_COLOR is set to something', async (t) => {
  t.equal(terminalOf(fakeConsole().console)?.colours, true);
  t.equal(terminalOf(fakeConsole({ NO_COLOR: '' }).console)?.colours, true);
  t.equal(terminalOf(fakeConsole({ NO_COLOR: '1' }).console)?.colours, false);
});

t.test('it reports its current size, or the usual size if it does not know it', async (t) => {
  const { console, stdout } = fakeConsole();
  const terminal = terminalOf(console);
  t.strictSame(terminal?.size, { width: 100, height: 30 });
  stdout.columns = 0;
  stdout.rows = 0;
  t.strictSame(terminal?.size, { width: 80, height: 24 });
});

t.test('the screen is taken, drawn on, and restored once', async (t) => {
  const { console, process, stdin, stdout, raw, written } = fakeConsole();
  const terminal = terminalOf(console)!;
  const keys: string[] = [];
  let resized = 0;
  terminal.take(
    (key) => keys.push(key),
    () => (resized += 1),
  );
  t.equal(written(), '\u001b[?1049h\u001b[?7l\u001b[?25l');
  terminal.draw(['one', 'two']);
  t.equal(
    written(),
    '\u001b[?2026h\u001b[1;1Hone\u001b[K\r\ntwo\u001b[K\u001b[J\u001b[?2026l',
    'shown all at once if the terminal supports mode 2026',
  );
  stdin.write('q');
  stdout.emit('resize');
  t.strictSame([keys, resized], [['q'], 1]);
  terminal.giveBack();
  terminal.giveBack();
  t.equal(written(), GIVEN_BACK);
  t.strictSame(raw, [true, false]);
  t.strictSame(
    [process, stdout].map((of) => of.listenerCount('resize') + of.listenerCount('exit')),
    [0, 0],
  );
  t.equal(stdin.listenerCount('data'), 0);
});

t.test('a process that ends for any reason restores the screen', async (t) => {
  const { console, process, raw, written } = fakeConsole();
  terminalOf(console)?.take(
    () => undefined,
    () => undefined,
  );
  written();
  process.emit('exit');
  t.equal(written(), GIVEN_BACK);
  t.strictSame(raw, [true, false]);
});

t.test('nothing is drawn while the last picture has not been read', async (t) => {
  const { console, stdout, written } = fakeConsole();
  const terminal = terminalOf(console)!;
  terminal.draw(['x'.repeat(stdout.writableHighWaterMark * 2)]);
  terminal.draw(['new']);
  t.notMatch(written(), 'new');
});

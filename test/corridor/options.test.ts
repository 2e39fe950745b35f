import t from 'tap';
import { CORRIDOR, readOptions } from './options.js';

// Errors are thrown here, and not printed.
CORRIDOR.exitOverride().configureOutput({ writeErr: () => undefined });

t.test('without options it prints everything, for people', async (t) => {
  t.strictSame(readOptions([]), { isSummaryOnly: false, isJson: false });
});

t.test('the summary can be printed alone, and as data', async (t) => {
  t.strictSame(readOptions(['--summary', '--json']), { isSummaryOnly: true, isJson: true });
});

t.test('help names every option and says what is counted', async (t) => {
  const help = CORRIDOR.helpInformation();
  for (const name of [
    '--summary',
    '--json',
    '--help',
    'function entry',
    'A move:',
    'A move back',
  ]) {
    t.ok(help.includes(name), name);
  }
});

t.test('an invalid option is refused', async (t) => {
  t.throws(() => readOptions(['--sumary']), /'--sumary'/);
  t.throws(() => readOptions(['echo']), /too many arguments/);
});

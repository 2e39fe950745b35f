import t from 'tap';
import { HELP, readOptions } from './options.js';
import { FAULT_CLASSES } from './plan.js';

t.test('without options it runs a thousand large worlds', async (t) => {
  t.match(readOptions([]), {
    ...{ from: 1, seeds: 1_000, trace: false, keepGoing: false, minimises: true },
    settings: { scale: 'long', without: new Set(), with: new Set() },
  });
});

t.test('one seed runs one world', async (t) => {
  t.match(readOptions(['--seed', '26', '--trace']), { from: 26, seeds: 1, trace: true });
});

t.test('classes of faults are left out, or put into every world', async (t) => {
  const settings = readOptions(['--without', 'loss,delay', '--with', 'crash'])?.settings;
  t.strictSame(settings, {
    ...{ scale: 'long', without: new Set(['loss', 'delay']), with: new Set(['crash']) },
  });
});

t.test('help names every option and every class of faults', async (t) => {
  t.equal(readOptions(['--help', '--seed', '1']), undefined);
  for (const name of ['--seeds', '--from', '--seed', '--trace', '--with', ...FAULT_CLASSES]) {
    t.ok(HELP.includes(name), name);
  }
});

t.test('an invalid option is refused, and the error says why', async (t) => {
  for (const { args, problem } of [
    { args: ['--sedes', '3'], problem: /'--sedes'/ },
    { args: ['--seeds', '-1'], problem: /--seeds/ },
    { args: ['--from', '1.5'], problem: /--from must be a whole number from 0, but is "1.5"/ },
    { args: ['--with', 'rain'], problem: /--with rain: the classes are loss, / },
    { args: ['--scale', 'huge'], problem: /--scale must be short or long, but is huge/ },
  ]) {
    t.throws(() => readOptions(args), problem);
  }
});

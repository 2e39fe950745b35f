import t from 'tap';
import { SIM, readOptions } from './options.js';
import { FAULT_CLASSES } from './plan.js';

// Errors are thrown here, and not printed.
SIM.exitOverride().configureOutput({ writeErr: () => undefined });

t.test('without options it runs a thousand large worlds', async (t) => {
  t.match(readOptions([]), {
    ...{ from: 1, seeds: 1_000, trace: false, keepGoing: false, minimises: true },
    settings: { scale: 'long', without: new Set(), with: new Set() },
  });
});

t.test('one seed runs one world', async (t) => {
  t.match(readOptions(['--seed', '26', '--trace']), { from: 26, seeds: 1, trace: true });
});

t.test('fresh seeds begin at one that is drawn beyond those that always run', async (t) => {
  t.match(
    readOptions(['--fresh', '--seeds', '200'], () => 71_234),
    { from: 71_234, seeds: 200 },
  );
  const drawn = Array.from({ length: 20 }, () => readOptions(['--fresh']).from);
  t.ok(Math.min(...drawn) > 1_000);
  t.ok(new Set(drawn).size > 1);
});

t.test('classes of faults are left out, or put into every world', async (t) => {
  const settings = readOptions(['--without', 'loss,delay', '--with', 'crash']).settings;
  t.strictSame(settings, {
    ...{ scale: 'long', without: new Set(['loss', 'delay']), with: new Set(['crash']) },
  });
});

t.test('help names every option and every class of faults', async (t) => {
  const help = SIM.helpInformation();
  for (const name of [
    '--seeds',
    '--from',
    '--seed',
    '--fresh',
    '--trace',
    '--with',
    ...FAULT_CLASSES,
  ]) {
    t.ok(help.includes(name), name);
  }
});

t.test('an invalid option is refused, and the error says why', async (t) => {
  for (const { args, problem } of [
    { args: ['--sedes', '3'], problem: /'--sedes'.*--seeds/s },
    { args: ['--seeds', '-1'], problem: /'--seeds <n>' argument '-1' is invalid.* from 0\.$/ },
    { args: ['--from', '1.5'], problem: /'--from <n>' argument '1\.5' is invalid.* from 0\.$/ },
    {
      args: ['--with', 'rain'],
      problem: /'rain' is invalid\. There is no class rain\. The classes are loss, /,
    },
    { args: ['--scale', 'huge'], problem: /'huge' is invalid\. Allowed choices are short, long/ },
    { args: ['--fresh', '--from', '3'], problem: /'--fresh' cannot be used with .*'--from <n>'/ },
    { args: ['--fresh', '--seed', '3'], problem: /'--fresh' cannot be used with .*'--seed <n>'/ },
    { args: ['26'], problem: /too many arguments/ },
  ]) {
    t.throws(() => readOptions(args), problem);
  }
});

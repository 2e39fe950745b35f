import t from 'tap';
import { BENCH, parseOptions } from './options.js';

// Errors are thrown here, and not printed.
BENCH.exitOverride().configureOutput({ writeErr: () => undefined });

const keysOf = (...args: string[]): string[] => parseOptions(args).entries.map(({ key }) => key);

t.test('with a baseline only the rows of rpcudp play', async (t) => {
  t.equal(parseOptions(['--baseline', 'HEAD~1']).baseline, 'HEAD~1');
  t.strictSame(keysOf('--baseline', 'HEAD'), [
    ...['rpcudp', 'unbundled', 'raw-echo', 'context', 'observed', 'inspected'],
  ]);
  t.ok(keysOf().includes('raw'));
});

t.test('--only selects contestants; raw dgram always stays as the yardstick', async (t) => {
  t.strictSame(keysOf('--only', 'observed'), ['raw', 'observed']);
  t.strictSame(keysOf('--baseline', 'HEAD', '--only', 'observed,rpcudp'), ['rpcudp', 'observed']);
});

t.test('--rounds sets the number of rounds, with a baseline or without', async (t) => {
  for (const more of [[], ['--baseline', 'HEAD']]) {
    t.equal(parseOptions(more).pace.rounds, 15);
    t.equal(parseOptions([...more, '--quick']).pace.rounds, 3);
    t.equal(parseOptions([...more, '--quick']).bothNodes, false);
    t.equal(parseOptions([...more, '--quick', '--rounds', '2']).pace.rounds, 2);
  }
});

t.test('an invalid option is refused, and the error names it', async (t) => {
  for (const [args, problem] of [
    [['--baseline'], /--baseline/],
    [['--baseline', 'HEAD', '--only', 'raw'], /--only .*observed, inspected, but names raw$/],
    [['--only', 'nobody'], /--only .*grpc-js, but names nobody$/],
    [['--rounds', '0'], /'--rounds <n>' argument '0' is invalid.* from 1\.$/],
    [['--rounds', 'many'], /'--rounds <n>' argument 'many' is invalid/],
    [['HEAD'], /too many arguments/],
    [['--bassline', 'HEAD'], /--bassline/],
  ] as const) {
    t.throws(() => parseOptions(args), problem);
  }
});

t.test('help names every option, and who can play', async (t) => {
  const help = BENCH.helpInformation();
  for (const name of ['--baseline', '--only', '--rounds', '--quick', 'grpc-js', 'observed']) {
    t.ok(help.includes(name), name);
  }
});

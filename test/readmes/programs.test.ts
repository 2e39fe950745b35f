import { join } from 'node:path';
import t from 'tap';
import { ownPort } from '../fixtures/own-port.js';
import { StartedProcess } from '../fixtures/started-process.js';
import { WRITTEN_PORT } from './pages.js';
import { compile, programs, staysUntilInterrupted } from './programs.js';
import type { Program } from './programs.js';

// Compiled and started: some thirty processes, on a machine that may be slow.
t.setTimeout(300_000);

t.test(
  'every program of a page compiles as a reader pastes it, and does what the page says',
  async (t) => {
    // Inside the project, so that `import 'rpcudp'` finds it.
    const folder = t.testdir();
    const port = String(await ownPort());
    const all = programs().map((program) => ({
      ...program,
      text: program.text.replaceAll(WRITTEN_PORT, port),
    }));
    t.ok(all.length > 20, `${all.length} programs`);
    t.same(compile(folder, all), []);

    const start = ({ path }: Program): StartedProcess =>
      new StartedProcess(t, process.execPath, [join(folder, path.replace(/ts$/, 'js'))], folder);
    for (const program of all.filter(({ named }) => !named)) {
      const started = start(program);
      if (staysUntilInterrupted(program)) {
        await started.printed(/Ctrl-C/);
        started.kill('SIGINT');
      }
      const { exitCode, stdout, stderr } = await started.ended();
      t.strictSame([exitCode, stderr], [0, ''], `${program.place} ends by itself, or by Ctrl-C`);
      if (program.prints !== undefined) t.equal(stdout, `${program.prints}\n`, program.place);
    }

    // A server and its client: the server runs until Ctrl-C.
    const [server, client, ...others] = all.filter(({ named }) => named);
    if (server === undefined || client === undefined)
      throw new Error('A server and a client are missing');
    t.same(others, []);
    const serving = start(server);
    t.match(await serving.printed(/.+/), [/Ctrl-C ends it/]);
    t.match(await start(client).ended(), {
      exitCode: 0,
      stdout: 'Hello Snake Plissken, you call from 127.0.0.1\n',
      stderr: '',
    });
    serving.kill('SIGINT');
    t.match(await serving.ended(), { exitCode: 0, stderr: '' });
  },
);

t.test('a program that does not compile is told with its place', async (t) => {
  const broken: Program = {
    place: 'x.md:7',
    path: 'x/line-7.ts',
    text: "import { createEndpoint } from 'rpcudp';\nawait createEndpoint({ prot: 1 });\n",
    named: false,
    prints: undefined,
  };
  t.match(compile(t.testdir(), [broken]), [/^x\.md:7, in 'await createEndpoint.*'prot'/s]);
});

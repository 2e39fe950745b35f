/** The command and Python: each serves the other's greeting. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { CommandProcess, runCommand } from '../fixtures/command.js';
import { PythonPeer } from './python-peer.js';
import { python } from '../fixtures/real-parts.js';

// Real processes, each of which must load TypeScript.
t.setTimeout(180_000);

const found = python();
const skip = 'skip' in found && found.skip;

const HANDLERS = `export const handlers = {
  sayhi: ({ sender }, name) => \`Hello \${name} you live at \${sender.host}:\${sender.port}\`,
};`;

t.test("the client of Python's README gets its greeting from rpcudp serve", { skip }, async (t) => {
  const folder = t.testdir();
  writeFileSync(join(folder, 'handlers.mjs'), HANDLERS);
  const serving = new CommandProcess(t, ['serve', './handlers.mjs'], folder);
  const [, port = ''] = await serving.printed(/listening on 127\.0\.0\.1:(\d+)/);
  const peer = PythonPeer.run(t, 'readme_client.py', port);
  t.match(await peer.line(), /^Hello Snake Plissken you live at 127\.0\.0\.1:\d+$/);
  await serving.printed(/sayhi replied/);
  serving.kill('SIGINT');
  t.match(await serving.ended(), { exitCode: 0, stderr: '' });
  t.strictSame(await peer.stop(), []);
});

t.test('rpcudp list says that a Python peer cannot describe itself', { skip }, async (t) => {
  const peer = await PythonPeer.listen(t, 'readme_server.py');
  t.match(await runCommand(['list', peer.address, '--timeout', '1000']), {
    exitCode: 3,
    stdout: '',
    stderr: /; a peer that speaks only rpcudp 5\.x cannot describe itself\n$/,
  });
});

t.test("rpcudp call gets its greeting from the server of Python's README", { skip }, async (t) => {
  const { address } = await PythonPeer.listen(t, 'readme_server.py');
  const ended = await runCommand(['call', address, 'sayhi', 'Snake Plissken']);
  t.match(ended, {
    exitCode: 0,
    stdout: /^"Hello Snake Plissken you live at 127\.0\.0\.1:\d+"\n$/,
    stderr: '',
  });
});

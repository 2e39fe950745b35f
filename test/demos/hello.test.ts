import t from 'tap';
import { ownPort } from '../fixtures/own-port.js';
import { startDemo } from './start-demo.js';

// Real processes, each of which has TypeScript to load.
t.setTimeout(180_000);

t.test('in two terminals, the client greets the server, until Ctrl-C', async (t) => {
  const port = String(await ownPort());
  const server = startDemo(t, 'hello/server.ts', port);
  await server.printed(/Serving sayhi on port/);
  t.match(await startDemo(t, 'hello/client.ts', `127.0.0.1:${port}`).ended(), {
    exitCode: 0,
    stdout: /^Hello Snake Plissken you live at 127\.0\.0\.1:\d+\n$/,
    stderr: '',
  });
  server.kill('SIGINT');
  const { exitCode, stdout, stderr } = await server.ended();
  t.strictSame([exitCode, stderr], [0, '']);
  t.match(stdout, /^127\.0\.0\.1:\d+ called "sayhi": replied$/m);
});

t.test('SIGTERM ends the server as Ctrl-C does', async (t) => {
  const server = startDemo(t, 'hello/server.ts', '0');
  await server.printed(/Serving sayhi on port/);
  server.kill('SIGTERM');
  t.match(await server.ended(), { exitCode: 0, stderr: '' });
});

t.test('npm start shows a call that is answered, and one that is not', async (t) => {
  const { exitCode, stdout } = await startDemo(t, 'hello/main.ts').ended();
  t.equal(exitCode, 0);
  t.match(stdout, /^Hello Snake Plissken you live at .+\n {2}sent → awaiting → resolved\n/);
  t.match(
    stdout,
    /\nNobody answered at .+ \(timedOut: peerSilent\)\n {2}sent → awaiting → timedOut\n$/,
  );
});

/** `rpcudp serve --metrics`, scraped over HTTP. */
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { CommandProcess, runCommand } from '../fixtures/command.js';
import { readExposition, sumOf } from '../fixtures/exposition.js';

// Real processes, each of which must load TypeScript.
t.setTimeout(180_000);

const MODULE = `export const handlers = { sayhi: (_, name) => 'Hello ' + name };`;
const URL_LINE = /^metrics: (http:\/\/127\.0\.0\.1:\d+\/metrics)\n/;

t.test('the metrics are served until the command ends, and nothing else is', async (t) => {
  const cwd = t.testdir({ 'handlers.mjs': MODULE });
  const served = new CommandProcess(t, ['serve', 'handlers.mjs', '--metrics', '0'], cwd);
  const [, address = ''] = await served.printed(/^listening on (\S+)\n/);
  const [, url = ''] = await served.printed(URL_LINE, 'stderr');
  const client = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => client.close());
  const peer = client.peer(address);
  for (let count = 0; count < 3; count += 1) await peer.call('sayhi', ['Snake']).value();
  await peer.call('none');

  const page = await fetch(url);
  t.equal(page.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  const series = readExposition(await page.text());
  t.equal(sumOf(series, 'rpcudp_requests_total', { ending: 'replied', endpoint: address }), 3);
  t.equal(sumOf(series, 'rpcudp_requests_total', { ending: 'unknownProcedure' }), 1);
  const ofCall = { procedure: 'sayhi', ending: 'replied' };
  t.equal(sumOf(series, 'rpcudp_request_duration_seconds_count', ofCall), 3);

  for (const path of ['/', '/metrics/', '/metrics?x', '/../etc/passwd']) {
    t.equal(await statusOf(new URL(url).port, path), 404, path);
  }
  t.equal((await fetch(url, { method: 'POST', body: 'x' })).status, 404);
  t.equal((await fetch(url, { method: 'HEAD' })).status, 200);

  served.kill('SIGTERM');
  t.match(await served.ended(), { exitCode: 0, stderr: URL_LINE });
  await t.rejects(fetch(url));
});

/** `fetch` would change the path. */
async function statusOf(port: string, path: string): Promise<number | undefined> {
  const asked = request({ host: '127.0.0.1', port, path });
  asked.end();
  const [response] = (await once(asked, 'response')) as [{ statusCode?: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

t.test('a port that is taken gives a sentence, before anything is served', async (t) => {
  const cwd = t.testdir({ 'handlers.mjs': MODULE });
  const other = createServer().listen(0, '127.0.0.1');
  t.teardown(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  t.strictSame(await runCommand(['serve', 'handlers.mjs', '--metrics', String(port)], { cwd }), {
    exitCode: 1,
    stdout: '',
    stderr: `error: --metrics ${port}: the port is in use; choose another, or 0 for any free one\n`,
  });
  t.match(await runCommand(['serve', 'handlers.mjs', '--metrics', '65536'], { cwd }), {
    exitCode: 1,
    stdout: '',
    stderr: 'error: Local port 65536 is not an integer from 0 to 65535\n',
  });
});

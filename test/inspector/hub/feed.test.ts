import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { createEndpoint } from '../../../src/endpoint/endpoint.js';
import { OptionError } from '../../../src/errors.js';
import { InspectorUrlError } from '../../../src/inspector/hub/errors.js';
import { feedInspector } from '../../../src/inspector/hub/feed.js';
import { reconnectDelayMs } from '../../../src/inspector/hub/reconnect-delay.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import { serveInspector } from '../../../src/inspector/hub/server.js';
import { WatchingPage } from '../../fixtures/inspector-client.js';

const TOKEN = '0123456789abcdef0123456789abcdef';

/** A relay that remembers what it gets, connection by connection. */
class Relay {
  readonly url: string;
  /** The messages of each connection. */
  readonly heard: (readonly InspectionRecord[])[][] = [];
  readonly #server: WebSocketServer;
  readonly #news = new EventEmitter();

  static async open(t: Test, welcome: (socket: WebSocket, number: number) => void): Promise<Relay> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: `/${TOKEN}/feed` });
    await once(server, 'listening');
    t.teardown(() => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    });
    return new Relay(server, welcome);
  }

  private constructor(
    server: WebSocketServer,
    welcome: (socket: WebSocket, number: number) => void,
  ) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${TOKEN}/`;
    server.on('connection', (socket) => {
      const heard: (readonly InspectionRecord[])[] = [];
      this.heard.push(heard);
      socket.on('error', () => undefined);
      socket.on('message', (data) => {
        heard.push(JSON.parse((data as Buffer).toString()) as InspectionRecord[]);
        this.#news.emit('heard');
      });
      socket.on('close', () => this.#news.emit('heard'));
      welcome(socket, this.heard.length);
    });
  }

  get connections(): number {
    return this.#server.clients.size;
  }

  /** Resolves when the messages, or the connections, are as they must be. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await once(this.#news, 'heard');
  }
}

async function pair(t: Test) {
  const server = await createEndpoint({
    host: '127.0.0.1',
    handlers: { echo: (_scope, value: unknown) => value },
  });
  const client = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => Promise.all([server.close(), client.close()]));
  return { server, client, peer: client.peer<typeof server>(server.address) };
}

const ofType =
  <Type extends InspectionRecord['type']>(type: Type) =>
  (record: InspectionRecord): record is Extract<InspectionRecord, { type: Type }> =>
    record.type === type;

t.test('one inspector shows both ends of a call, one of them from another process', async (t) => {
  const { server, client, peer } = await pair(t);
  const inspector = await serveInspector(server, { name: 'server' });
  t.teardown(() => inspector.close());
  const feed = feedInspector(client, inspector.url, { name: 'client' });
  t.teardown(() => feed.close());
  t.match(await peer.call('echo', ['Snake']), { value: 'Snake' });
  const page = new WatchingPage(inspector.url);
  const finals = (records: readonly InspectionRecord[]) =>
    records.filter((record) => record.type === 'step' && record.final);
  await page.sees((records) => finals(records).length === 2);
  t.ok(feed.connected);
  t.strictSame(
    page.records
      .filter(ofType('endpoint'))
      .map(({ name }) => name)
      .sort(),
    ['client', 'server'],
  );
  const [call] = page.records.filter(ofType('call'));
  const [handler] = page.records.filter(ofType('handler'));
  t.equal(call?.transactionId, handler?.transactionId);
  await client.close();
  await page.sees((records) => records.some(ofType('endpoint.closed')));
  t.notOk(page.records.find(ofType('endpoint.closed'))?.lost);
  await feed.close();
  t.equal(feed.dropped, 0);
  t.notOk(feed.connected);
});

t.test('a feed that is cut off connects again and sends everything that it has', async (t) => {
  const { client, peer } = await pair(t);
  const relay = await Relay.open(t, (socket, number) => {
    if (number <= 2) socket.terminate();
  });
  const feed = feedInspector(client, relay.url);
  t.teardown(() => feed.close());
  await peer.call('echo', [1]);
  await relay.until(() => relay.heard.length === 3 && relay.heard[2]!.flat().some(ofType('step')));
  await peer.call('echo', [2]);
  await client.close();
  await relay.until(() => relay.heard[2]!.flat().some(ofType('endpoint.closed')));
  const records = relay.heard[2]!.flat();
  t.equal(records[0]?.type, 'endpoint');
  t.strictSame(
    records.map(({ seq }) => seq),
    records.map((_, index) => index + 1),
    'everything, once, in its order',
  );
  t.equal(records.filter(ofType('call')).length, 2);
  t.ok(relay.heard[2]!.every((batch) => batch.length > 0));
});

t.test('closing a feed sends what it has not sent yet, even if it has just begun', async (t) => {
  const { client, peer } = await pair(t);
  const relay = await Relay.open(t, () => undefined);
  const feed = feedInspector(client, relay.url);
  await peer.call('echo', [1]);
  await client.close();
  await feed.close();
  await relay.until(() => relay.heard[0]?.flat().some(ofType('endpoint.closed')) === true);
  t.equal(feed.dropped, 0);
  await feed.close();
});

t.test('an inspector that does not answer, or ends, harms nothing', async (t) => {
  const { client, server, peer } = await pair(t);
  const inspector = await serveInspector([]);
  const feed = feedInspector([client, server], inspector.url);
  const page = new WatchingPage(inspector.url);
  await page.sees((records) => records.filter(ofType('endpoint')).length === 2);
  await inspector.close();
  t.match(await peer.call('echo', [1]), { value: 1 });
  await feed.close();
  t.ok(feed.dropped > 0, 'nobody will see it');
  const nowhere = feedInspector(client, inspector.url);
  t.match(await peer.call('echo', [2]), { value: 2 });
  await nowhere.close();
  t.ok(nowhere.dropped > 0);
  t.match(await peer.call('echo', [3]), { value: 3 });
});

t.test('a closed feed gets nothing more from its endpoints', async (t) => {
  const { client, peer } = await pair(t);
  const relay = await Relay.open(t, () => undefined);
  let looked = 0;
  const mask = (): boolean => {
    looked += 1;
    return false;
  };
  const feed = feedInspector(client, relay.url, { mask });
  await relay.until(() => relay.heard[0]?.flat().some(ofType('endpoint')) === true);
  await feed.close();
  await relay.until(() => relay.connections === 0);
  await peer.call('echo', [1]);
  feed.attach(client);
  await peer.call('echo', [2]);
  t.equal(looked, 0, 'nothing is looked at any more');
  t.equal(feed.dropped, 0);
  t.notOk(relay.heard.flat(2).some(ofType('call')));
});

t.test(
  'an inspector that does not read costs bounded memory, and the rest is counted',
  async (t) => {
    const { client, peer } = await pair(t);
    let slow: WebSocket | undefined;
    const relay = await Relay.open(t, (socket) => {
      slow = socket;
      socket.pause();
    });
    const feed = feedInspector(client, relay.url, { maxCallsPerSecond: Infinity });
    t.teardown(() => feed.close());
    const value = 'x'.repeat(2_000);
    for (let round = 0; round < 80; round += 1) {
      await Promise.all(Array.from({ length: 50 }, () => peer.call('echo', [value])));
    }
    slow?.resume();
    await client.close();
    await relay.until(() => relay.heard[0]!.flat().some(ofType('endpoint.closed')));
    t.ok(feed.dropped > 0);
    const seqs = new Set(relay.heard[0]!.flat().map(({ seq }) => seq));
    const last = Math.max(...seqs);
    t.equal(seqs.size + feed.dropped, last, 'what was not sent was counted');
  },
);

t.test("a URL that is not an inspector's gives an error that shows a correct one", async (t) => {
  for (const url of [
    '',
    'x',
    '127.0.0.1:1234',
    'http://127.0.0.1:1/',
    `https://h/${TOKEN}/`,
    `http://h/${TOKEN}/x`,
    `ftp://h/${TOKEN}/`,
    `http://h/${TOKEN.slice(0, 15)}/`,
  ]) {
    t.throws(() => feedInspector([], url), InspectorUrlError, url);
  }
  t.throws(() => feedInspector([], 'x'), {
    code: 'ERR_RPCUDP_INSPECTOR_URL',
    message: /^"x" is not the URL of an inspector, which looks like http:/,
  });
  const { client } = await pair(t);
  t.throws(
    () => feedInspector(client, `http://127.0.0.1:1/${TOKEN}/`, { nmae: 'x' } as object),
    OptionError,
  );
});

t.test('delays grow from 250 ms to 10 s, and are spread over their second half', async (t) => {
  const delays = (unit: number) =>
    [1, 2, 3, 6, 7, 60, 5_000].map((failures) =>
      reconnectDelayMs(failures, { unit: () => unit, fillBytes: () => undefined }),
    );
  t.strictSame(delays(0), [125, 250, 500, 4_000, 5_000, 5_000, 5_000]);
  t.strictSame(delays(1), [250, 500, 1_000, 8_000, 10_000, 10_000, 10_000]);
});

for (const [what, isThere] of [
  ['is there', true],
  ['is not there', false],
] as const) {
  t.test(`a feed does not keep its process alive when its inspector ${what}`, async (t) => {
    const relay = await Relay.open(t, () => undefined);
    const url = isThere ? relay.url : `http://127.0.0.1:9/${TOKEN}/`;
    const source = (path: string) => JSON.stringify(pathToFileURL(resolve(path)).href);
    const cwd = t.testdir({
      'main.ts': `
        import { createEndpoint } from ${source('src/index.ts')};
        import { feedInspector } from ${source('src/inspector/index.ts')};
        const endpoint = await createEndpoint({ host: '127.0.0.1' });
        const feed = feedInspector(endpoint, ${JSON.stringify(url)});
        while (${isThere} && !feed.connected) await new Promise((resolve) => setTimeout(resolve, 1));
        console.log('begun');
        await endpoint.close();
      `,
      'package.json': '{"type":"module"}',
    });
    const { NODE_OPTIONS, ...env } = process.env;
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), 'main.ts'], {
      cwd,
      env,
    });
    t.teardown(() => child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [exitCode] = (await once(child, 'close')) as [number];
    t.equal(exitCode, 0);
    t.equal(said, 'begun\n');
  });
}

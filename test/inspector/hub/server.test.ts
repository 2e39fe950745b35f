import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import t from 'tap';
import type { Test } from 'tap';
import { OptionError } from '../../../src/errors.js';
import { AddressError } from '../../../src/address/address.js';
import { createEndpoint } from '../../../src/endpoint/endpoint.js';
import { feedInspector } from '../../../src/inspector/hub/feed.js';
import { InspectorBindError } from '../../../src/inspector/hub/errors.js';
import type { InspectorReport } from '../../../src/inspector/hub/hub.js';
import type { InspectorOptions } from '../../../src/inspector/hub/options.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import { serveInspector } from '../../../src/inspector/hub/server.js';
import { encodeRequest } from '../../../src/wire/request.js';
import { explainDatagram } from '../../../src/wire/explain.js';
import {
  callRecord,
  endpointRecord,
  sampleTraffic,
  stepRecord,
  transactionIdOf,
} from '../../fixtures/inspection-records.js';
import { ownPort } from '../../fixtures/own-port.js';
import { ipv6 } from '../../fixtures/real-ipv6.js';
import { ask, closeCode, openFeed, WatchingPage } from '../../fixtures/inspector-client.js';

async function served(t: Test, options: InspectorOptions = {}) {
  const inspector = await serveInspector([], options);
  t.teardown(() => inspector.close());
  return { inspector, url: inspector.url };
}

const hasSeen =
  (count: number) =>
  (records: readonly InspectionRecord[]): boolean =>
    records.length >= count;

t.test('what a feed sends reaches every page, each record once', async (t) => {
  const { url } = await served(t);
  const records = sampleTraffic(6, 80);
  const feed = await openFeed(url);
  const early = new WatchingPage(url);
  await early.sees(hasSeen(0));
  feed.send(JSON.stringify(records.slice(0, 300)));
  feed.send(JSON.stringify(records.slice(300)));
  await early.sees(hasSeen(records.length));
  t.strictSame(early.records, records);
  const late = new WatchingPage(url);
  await late.sees(hasSeen(records.length));
  t.strictSame(late.records, records);
  t.equal(late.resets, 1);
});

t.test(
  'a page that comes back gets what it missed, and a feed that comes back repeats nothing',
  async (t) => {
    const { url } = await served(t);
    const records = sampleTraffic(7, 40);
    const first = await openFeed(url);
    const page = new WatchingPage(url);
    first.send(JSON.stringify(records.slice(0, 100)));
    await page.sees(hasSeen(100));
    page.leave();
    await page.closed();
    first.terminate();
    const second = await openFeed(url);
    second.send(JSON.stringify(records));
    const back = new WatchingPage(url, page.last);
    const isNew = ({ type }: InspectionRecord) => !type.startsWith('endpoint');
    await back.sees((seen) => seen.filter(isNew).length >= records.length - 100);
    t.equal(back.resets, 0);
    t.strictSame(back.records.filter(isNew), records.slice(100));
  },
);

t.test('a feed finds an inspector again that restarted with its port and token', async (t) => {
  const token = 'chosen_by_somebody-42';
  const port = await ownPort();
  const first = await serveInspector([], { token, port });
  t.ok(first.url.endsWith(`/${token}/`));
  const endpoint = await createEndpoint({ host: '127.0.0.1' });
  const feed = feedInspector(endpoint, first.url);
  t.teardown(() => Promise.all([feed.close(), endpoint.close()]));
  const isThere = (records: readonly InspectionRecord[]) =>
    records.some(({ type }) => type === 'endpoint');
  await new WatchingPage(first.url).sees(isThere);
  await first.close();
  const { url } = await served(t, { token, port });
  t.equal(url, first.url);
  await new WatchingPage(url).sees(isThere);
});

t.test('when a feed is killed, its endpoint is lost, and the page still works', async (t) => {
  const reports: InspectorReport[] = [];
  const { url } = await served(t, { onReport: (report) => reports.push(report) });
  const feed = await openFeed(url);
  const other = await openFeed(url);
  feed.send(JSON.stringify([endpointRecord({ seq: 1 }), callRecord({ seq: 2 })]));
  other.send(JSON.stringify([endpointRecord({ endpoint: 'other', seq: 1 })]));
  const page = new WatchingPage(url);
  await page.sees(hasSeen(3));
  feed.terminate();
  await page.sees(hasSeen(4));
  t.match(page.records.at(-1), { type: 'endpoint.closed', endpoint: 'client', lost: true });
  page.leave();
  await page.closed();
  other.send(JSON.stringify([stepRecord({ endpoint: 'other', seq: 2 })]));
  const next = new WatchingPage(url);
  await next.sees(hasSeen(5));
  t.strictSame(reports.map(({ type }) => type).sort(), [
    'endpoint.lost',
    'endpoint.opened',
    'endpoint.opened',
  ]);
});

t.test(
  'an inspector that closes says so, does not wait for silent clients, and closes once',
  async (t) => {
    const { inspector, url } = await served(t, { port: await ownPort() });
    const page = new WatchingPage(url);
    await page.sees(hasSeen(0));
    const feed = await openFeed(url);
    const code = closeCode(feed);
    // A client that has a connection and never sends anything.
    const deaf = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
    await once(deaf, 'connect');
    const stalled = await openFeed(url);
    stalled.pause();
    const closed = inspector.close();
    t.equal(inspector.close(), closed);
    await closed;
    t.equal(await page.closed(), 1001);
    t.equal(await code, 1001);
    stalled.terminate();
    await t.rejects(ask(url), { code: 'ECONNREFUSED' });
  },
);

t.test('an inspector is disposed of at the end of its block', async (t) => {
  let url: string;
  {
    await using inspector = await serveInspector([], { port: await ownPort() });
    url = inspector.url;
    t.equal((await ask(url, { method: 'POST' })).status, 405);
  }
  await t.rejects(ask(url), { code: 'ECONNREFUSED' });
});

t.test('a recording is shown unchanged, and says that it has ended', async (t) => {
  const records = sampleTraffic(8, 30);
  const { url } = await served(t, { records });
  const page = new WatchingPage(url);
  await page.sees(hasSeen(records.length + 2));
  t.strictSame(page.records.slice(0, -2), records);
  t.match(page.records.slice(-2), [
    { endpoint: 'client', recorded: true },
    { endpoint: 'server', recorded: true },
  ]);
});

t.test('a port in use gives an error that names it', async (t) => {
  const { url } = await served(t);
  const port = Number(new URL(url).port);
  const error = await serveInspector([], { port }).catch((thrown: unknown) => thrown);
  t.ok(error instanceof InspectorBindError);
  t.match(error, {
    code: 'ERR_RPCUDP_INSPECTOR_BIND',
    message: `Cannot serve the inspector at 127.0.0.1:${port}: the port is in use; choose another, or 0 for any free one`,
    cause: { code: 'EADDRINUSE' },
  });
});

t.test('invalid options are refused', async (t) => {
  const refuse = async (options: object, error: unknown): Promise<void> => {
    const thrown = await serveInspector([], options).catch((reason: unknown) => reason);
    t.ok(thrown instanceof (error as typeof Error), JSON.stringify(options));
  };
  await refuse({ port: 70_000 }, AddressError);
  await refuse({ prot: 1 }, OptionError);
  await refuse({ host: '0.0.0.0' }, OptionError);
  await refuse({ maxRecords: 0 }, OptionError);
  await refuse({ token: 'guessable' }, OptionError);
  await refuse({ token: `${'x'.repeat(16)}/../` }, OptionError);
});

t.test('it can be served on the loopback address of IPv6', ipv6(), async (t) => {
  const { url } = await served(t, { host: '::1' });
  t.match(url, /^http:\/\/\[::1\]:\d+\//);
  const page = new WatchingPage(url);
  await page.sees(hasSeen(0));
});

t.test('without the token it answers 404', async (t) => {
  const { url } = await served(t);
  const { pathname } = new URL(url);
  t.match(pathname, /^\/[0-9a-f]{32}\/$/);
  const wrong = `${pathname.slice(0, -2)}${pathname.at(-2) === '0' ? '1' : '0'}/`;
  for (const path of [
    '/',
    '',
    '*',
    '/decode?base64=AA==',
    wrong,
    `${wrong}decode?base64=AA==`,
    `/${'0'.repeat(32)}/`,
    `${pathname.slice(0, -1)}0/`,
    pathname.toUpperCase().replace(/\d/g, 'A'),
  ]) {
    const reply = await ask(url, { path: path === '' ? '//' : path });
    t.equal(reply.status, 404, path);
    t.notMatch(reply.body, pathname.slice(1, -1));
  }
  await t.rejects(openFeed(new URL(wrong, url).href), /404/);
  await t.rejects(openFeed(new URL('/', url).href), /404/);
});

t.test('another host name, or a page of another origin, is refused', async (t) => {
  const { url } = await served(t);
  const { host, port, origin } = new URL(url);
  for (const name of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1.evil.example',
    '0.0.0.0',
    'localhost.',
    '127.0.0.1:x',
  ]) {
    t.equal((await ask(url, { headers: { host: name } })).status, 404, name);
    await t.rejects(openFeed(url, { headers: { Host: name } }), /404/, name);
  }
  for (const name of [host, `localhost:${port}`, `LOCALHOST:${port}`, '[::1]:9', '127.0.0.1']) {
    t.not(
      (await ask(url, { path: `${new URL(url).pathname}decode`, headers: { host: name } })).status,
      404,
      name,
    );
  }
  for (const foreign of [
    'http://evil.example',
    'null',
    'file://',
    `https://${host}`,
    `http://localhost:${port}`,
    `${origin}0`,
  ]) {
    t.equal((await ask(url, { headers: { origin: foreign } })).status, 404, foreign);
    await t.rejects(openFeed(url, { origin: foreign }), /404/, foreign);
  }
  const ours = await openFeed(url, { origin });
  ours.terminate();
});

t.test('no path leads out of the folder of the page', async (t) => {
  const { url } = await served(t);
  const { pathname } = new URL(url);
  for (const path of [
    '../index.js',
    '../../package.json',
    '..%2f..%2fpackage.json',
    '%2e%2e/%2e%2e/package.json',
    '..\\..\\package.json',
    '....//package.json',
    '/etc/passwd',
    '%00',
    '%',
    '%zz',
    'page/../../server.js',
    '.',
    '..',
  ]) {
    const { status, body } = await ask(url, { path: `${pathname}${path}` });
    t.ok(status === 404 || (status === 200 && body.includes('<html')), `${path}: ${status}`);
    t.notMatch(body, /"name"|serveInspector|root:/);
  }
});

t.test('the page, or a note that it has not been built, comes with strict headers', async (t) => {
  const { url } = await served(t);
  const { status, headers, body } = await ask(url);
  if (existsSync('dist/inspector/page/index.html')) {
    t.equal(status, 200);
    t.match(headers['content-type'], /^text\/html/);
  } else {
    t.equal(status, 404);
    t.match(body, /^The files of the page are not beside this program\./);
  }
  t.match(headers['content-security-policy'], /default-src 'none'; script-src 'self';/);
  t.notMatch(headers['content-security-policy'], /unsafe|\*|https?:/);
  t.match(headers, {
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  t.notOk('access-control-allow-origin' in headers);
  const odd = await ask(url, { headers: { range: 'bytes=9-2' } });
  t.equal(odd.status, status, 'a range that makes no sense is ignored');
  const { pathname } = new URL(url);
  const moved = await ask(url, { path: pathname.slice(0, -1) });
  t.match(moved, { status: 308, headers: { location: pathname } });
});

t.test('a datagram is explained, unless it cannot be one', async (t) => {
  const { url } = await served(t);
  const { pathname } = new URL(url);
  const explain = (base64: string) =>
    ask(url, { path: `${pathname}decode?base64=${encodeURIComponent(base64)}` });
  const datagram = encodeRequest(transactionIdOf(1), 'sayhi', ['Snake', 255]).toDatagram();
  const { status, headers, body } = await explain(datagram.toString('base64'));
  t.equal(status, 200);
  t.match(headers['content-type'], /^application\/json/);
  t.strictSame(JSON.parse(body), { parts: explainDatagram(datagram) });
  const plus = Buffer.from('fbefbe', 'hex').toString('base64');
  t.match(plus, /\+/);
  const raw = await ask(url, { path: `${pathname}decode?base64=${plus}` });
  t.strictSame(JSON.parse(raw.body), { parts: explainDatagram(Buffer.from('fbefbe', 'hex')) });
  const largest = Buffer.alloc(65_507, 0xff).toString('base64');
  t.equal((await explain(largest)).status, 200);
  t.equal((await explain(Buffer.alloc(65_508).toString('base64'))).status, 413);
  t.equal((await explain('')).status, 200, 'nothing is explained as too short');
  for (const bad of ['?', '!!', 'AA=A', '<script>']) t.equal((await explain(bad)).status, 400, bad);
  t.equal((await ask(url, { path: `${pathname}decode` })).status, 400);
});

t.test('a feed that sends too much, or nonsense, harms only itself', async (t) => {
  const { inspector, url } = await served(t);
  const good = await openFeed(url);
  const huge = await openFeed(url);
  const code = closeCode(huge);
  huge.send('x'.repeat(4 * 1024 * 1024 + 1));
  t.equal(await code, 1009);
  const odd = await openFeed(url);
  odd.send('{"broken');
  odd.send('[{"type":"call"},5]');
  odd.send(Buffer.from([1, 2, 3]));
  odd.send(JSON.stringify([endpointRecord({ endpoint: 'odd', seq: 1 })]));
  const page = new WatchingPage(url);
  await page.sees(hasSeen(1));
  t.equal(inspector.dropped, 4);
  const raw = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
  raw.write(
    `GET ${new URL(url).pathname}feed HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n\xff\xff\xff\xff garbage`,
  );
  raw.resume();
  await once(raw, 'close');
  good.send(JSON.stringify([endpointRecord({ seq: 1 })]));
  await page.sees(hasSeen(2));
  t.strictSame(
    page.records.map(({ endpoint }) => endpoint),
    ['odd', 'client'],
  );
});

t.test('a page gets in beside any number of idle connections, and open ones stay', async (t) => {
  const { url } = await served(t);
  const { port } = new URL(url);
  const { status } = await ask(url);
  const page = new WatchingPage(url);
  const feed = await openFeed(url);
  await page.sees(hasSeen(0));
  const beginnings = ['', 'GET', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '];
  const idle: Socket[] = [];
  t.teardown(() => {
    for (const socket of idle) socket.destroy();
  });
  let ended = 0;
  for (let count = 0; count < 1_200; count += 1) {
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    socket.on('close', () => (ended += 1));
    idle.push(socket);
    await once(socket, 'connect');
    socket.write(beginnings[count % beginnings.length] ?? '');
  }
  for (let request = 0; request < 5; request += 1) {
    t.equal((await ask(url)).status, status);
  }
  t.ok(ended > 500, `${ended} idle connections were ended`);
  feed.send(JSON.stringify([endpointRecord({ seq: 1 })]));
  await page.sees(hasSeen(1));
});

t.test('an answered request leaves an idle connection, which can ask again', async (t) => {
  const { url } = await served(t);
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  for (let request = 0; request < 3; request += 1) {
    socket.write('GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    t.match(answer.toString(), /^HTTP\/1.1 404/);
  }
});

t.test('messages of a viewer are ignored, and a large message ends it', async (t) => {
  const { inspector, url } = await served(t);
  const page = new WatchingPage(url);
  await page.sees(hasSeen(0));
  page.say(JSON.stringify([endpointRecord({ seq: 1 })]));
  page.say('x'.repeat(2_000));
  t.equal(await page.closed(), 1009);
  t.equal(inspector.dropped, 0);
  const next = new WatchingPage(url);
  await next.sees(hasSeen(0));
  t.strictSame(next.records, []);
});

t.test('the number of feeds and viewers is bounded, and connected ones continue', async (t) => {
  const { url } = await served(t);
  const page = new WatchingPage(url);
  await page.sees(hasSeen(0));
  const tried = await Promise.allSettled(Array.from({ length: 400 }, () => openFeed(url)));
  const open = tried.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  t.equal(open.length, 256);
  t.match(
    tried.find(({ status }) => status === 'rejected'),
    { reason: /503/ },
  );
  open[0]?.send(JSON.stringify([endpointRecord({ seq: 1 })]));
  await page.sees(hasSeen(1));
  for (const feed of open) feed.terminate();
  const pages = Array.from({ length: 70 }, () => new WatchingPage(url));
  const outcomes = await Promise.all(
    pages.map((one) => Promise.race([one.sees(hasSeen(0)).then(() => 'open'), one.closed()])),
  );
  t.equal(outcomes.filter((outcome) => outcome === 'open').length, 63);
  for (const one of pages) one.leave();
});

t.test('endpoints that are given one name are told apart, and one can have its own', async (t) => {
  const endpoints = await Promise.all([1, 2, 3].map(() => createEndpoint({ host: '127.0.0.1' })));
  t.teardown(() => Promise.all(endpoints.map((endpoint) => endpoint.close())));
  const [first, second, third] = endpoints;
  if (first === undefined || second === undefined || third === undefined) return;
  const inspector = await serveInspector([first, second], { name: 'node' });
  t.teardown(() => inspector.close());
  inspector.attach(third, { name: 'other' });
  const page = new WatchingPage(inspector.url);
  const named = (records: readonly InspectionRecord[]) =>
    records.flatMap((record) => (record.type === 'endpoint' ? [record.name] : []));
  await page.sees((records) => named(records).length === 3);
  t.strictSame(named(page.records), ['node', 'node 2', 'other']);
});

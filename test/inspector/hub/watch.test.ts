import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventEmitter } from 'node:events';
import t from 'tap';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { createEndpoint } from '../../../src/endpoint/endpoint.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import { serveInspector } from '../../../src/inspector/hub/server.js';
import { watchInspector } from '../../../src/inspector/hub/watch.js';
import { countsRecord, endpointRecord, sampleTraffic } from '../../fixtures/inspection-records.js';
import { ownPort } from '../../fixtures/own-port.js';

const TOKEN = '0123456789abcdef0123456789abcdef';

/** Remembers what it gets, and emits `told`. */
class Memory extends EventEmitter {
  seen: InspectionRecord[] = [];
  resets = 0;
  readonly faults: (string | undefined)[] = [];
  readonly caughtUps: boolean[] = [];

  records(records: readonly InspectionRecord[], reset: boolean): void {
    if (reset) {
      this.seen = [];
      this.resets += 1;
    }
    this.seen.push(...records);
    this.emit('told');
  }

  caughtUp(hasAll: boolean): void {
    this.caughtUps.push(hasAll);
    this.emit('told');
  }

  connection(fault: string | undefined): void {
    this.faults.push(fault);
    this.emit('told');
  }

  async until(condition: (memory: this) => boolean): Promise<void> {
    while (!condition(this)) await once(this, 'told');
  }
}

/**
 * A server that sends what the test wants. `viewers` emits each viewer, with the URL that it
 * requested.
 */
async function scriptedHub(port = 0) {
  const http = createServer().listen(port, '127.0.0.1');
  await once(http, 'listening');
  const viewers = new EventEmitter();
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket, { url }) => viewers.emit('viewer', socket, url));
  const address = http.address() as AddressInfo;
  const close = (): void => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    http.close();
  };
  return { url: `http://127.0.0.1:${address.port}/${TOKEN}/`, viewers, close };
}

function message(socket: WebSocket, position: number, reset: boolean, records: unknown[]): void {
  socket.send(JSON.stringify({ hub: 'h1', position, reset, records }));
}

t.test('a watcher gets everything there is, then what is new', async (t) => {
  const records = sampleTraffic(5, 50);
  const inspector = await serveInspector([], { records });
  const memory = new Memory();
  const watch = await watchInspector(inspector.url, memory);
  t.teardown(() => {
    watch.close();
    return inspector.close();
  });
  await memory.until(({ caughtUps }) => caughtUps.includes(true));
  t.equal(memory.resets, 1);
  t.same(memory.seen.slice(0, -2), JSON.parse(JSON.stringify(records)));
  t.match(memory.seen.slice(-2), [{ recorded: true }, { recorded: true }]);
});

t.test('what endpoints of the inspector do is watched live', async (t) => {
  const endpoint = await createEndpoint({ host: '127.0.0.1', handlers: { ping: () => 'pong' } });
  const inspector = await serveInspector(endpoint);
  const memory = new Memory();
  const watch = await watchInspector(inspector.url, memory);
  t.teardown(async () => {
    watch.close();
    await inspector.close();
    await endpoint.close();
  });
  await endpoint.peer(endpoint.address).call('ping');
  await memory.until(({ seen }) => seen.some((record) => record.type === 'handler'));
  t.match(memory.seen[0], { type: 'endpoint' });
});

t.test('a watcher that comes back says what it saw last, and gets nothing twice', async (t) => {
  const port = await ownPort();
  const first = await scriptedHub(port);
  const memory = new Memory();
  const opened = once(first.viewers, 'viewer') as Promise<[WebSocket, string]>;
  const watch = await watchInspector(first.url, memory);
  t.teardown(() => watch.close());
  const [viewer, url] = await opened;
  t.equal(url, `/${TOKEN}/watch`);
  message(viewer, 41, true, [endpointRecord(), countsRecord({ seq: 1 })]);
  await memory.until(({ seen }) => seen.length === 2);

  first.close();
  await memory.until(({ faults }) => faults.length === 1);
  const second = await scriptedHub(port);
  t.teardown(second.close);
  const [again, urlAgain] = (await once(second.viewers, 'viewer')) as [WebSocket, string];
  t.equal(urlAgain, `/${TOKEN}/watch?hub=h1&position=41`);
  message(again, 42, false, [countsRecord({ seq: 2 })]);
  await memory.until(({ seen }) => seen.length === 3);
  t.match(memory.faults[0], /gone/);
  t.equal(memory.faults.at(-1), undefined, 'the connection is there again');
  t.equal(memory.resets, 1);
});

t.test('invalid messages, and values that are not records, are ignored', async (t) => {
  const hub = await scriptedHub();
  t.teardown(hub.close);
  hub.viewers.on('viewer', (socket: WebSocket) => {
    for (const text of ['', 'null', '[]', '{"hub":1}', '\u0000']) socket.send(text);
    message(socket, 1, true, [null, { type: 'counts' }, endpointRecord()]);
  });
  const memory = new Memory();
  const watch = await watchInspector(hub.url, memory);
  t.teardown(() => watch.close());
  await memory.until(({ resets }) => resets === 1);
  t.match(memory.seen, [{ type: 'endpoint' }]);
});

t.test(
  'a URL that cannot belong to an inspector, or at which none answers, is refused with the reason',
  async (t) => {
    const memory = new Memory();
    for (const url of [
      '',
      'nonsense',
      'https://127.0.0.1:1/',
      `ftp://127.0.0.1:1/${TOKEN}/`,
      'http://127.0.0.1:1/x/',
    ]) {
      await t.rejects(watchInspector(url, memory), { code: 'ERR_RPCUDP_INSPECTOR_URL' }, url);
    }
    const port = await ownPort();
    const inspector = await serveInspector([], { port });
    const wrong = `http://127.0.0.1:${port}/${TOKEN}/`;
    const code = 'ERR_RPCUDP_INSPECTOR_UNREACHABLE';
    await t.rejects(watchInspector(wrong, memory), { code, message: /the token is wrong/ });
    await inspector.close();
    await t.rejects(watchInspector(inspector.url, memory), { code, message: /ECONNREFUSED/ });
  },
);

t.test('it is told when everything that the inspector knows has come', async (t) => {
  const hub = await scriptedHub();
  t.teardown(hub.close);
  const send = (socket: WebSocket, about: object) => {
    const head = { hub: 'h1', position: 1, reset: false, records: [] };
    socket.send(JSON.stringify({ ...head, ...about }));
  };
  hub.viewers.on('viewer', (socket: WebSocket) => {
    send(socket, { reset: true, caughtUp: false });
    send(socket, { caughtUp: true });
    send(socket, {});
  });
  const memory = new Memory();
  const watch = await watchInspector(hub.url, memory);
  t.teardown(() => watch.close());
  await memory.until(({ caughtUps }) => caughtUps.length === 3);
  t.strictSame(memory.caughtUps, [false, true, true], 'inspectors of earlier versions do not say');
});

t.test('what an inspector tells again is not told twice; another one begins anew', async (t) => {
  const hub = await scriptedHub();
  t.teardown(hub.close);
  hub.viewers.on('viewer', (socket: WebSocket) => {
    message(socket, 2, true, [endpointRecord(), countsRecord({ seq: 1 })]);
    message(socket, 3, true, [countsRecord({ seq: 1 }), countsRecord({ seq: 2 })]);
    const other = { hub: 'h2', position: 1, reset: true, records: [countsRecord({ seq: 1 })] };
    socket.send(JSON.stringify(other));
  });
  const memory = new Memory();
  const told: string[] = [];
  const watch = await watchInspector(hub.url, {
    records: (records, reset) => {
      told.push(`${reset} ${records.map(({ seq }) => seq).join()}`);
      memory.records(records, reset);
    },
    caughtUp: () => undefined,
    connection: () => undefined,
  });
  t.teardown(() => watch.close());
  await memory.until(({ resets }) => resets === 2);
  t.strictSame(told, ['true 0,1', 'false 2', 'true 1']);
});

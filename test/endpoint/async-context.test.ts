import { AsyncLocalStorage } from 'node:async_hooks';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t, { type Test } from 'tap';
import { createEndpoint } from '../../src/index.js';

const host = '127.0.0.1';
const tenant = new AsyncLocalStorage<object | string>();

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function silentPort(t: Test): Promise<number> {
  const silent = createSocket('udp4');
  silent.bind(0, host);
  await once(silent, 'listening');
  t.teardown(() => silent.close());
  return silent.address().port;
}

t.test('what is registered runs in the context that registered it', async (t) => {
  const seen: Record<string, unknown> = {};
  const note = (name: string) => {
    const store = tenant.getStore();
    seen[name] = name in seen && seen[name] !== store ? 'several' : store;
  };
  const server = await tenant.run('server', () =>
    createEndpoint({
      host,
      use: [
        (_, next) => {
          note('use');
          return next();
        },
      ],
      handlers: {
        ping: () => note('handler'),
        hang: (scope) =>
          tenant.run('request', () => {
            scope.signal.addEventListener('abort', () => note('abort'));
            return new Promise<void>(() => undefined);
          }),
        fails: () => {
          throw new Error('on purpose');
        },
      },
      onError: () => note('onError'),
    }),
  );
  const client = await tenant.run('client', () =>
    createEndpoint({
      host,
      lookup: () => {
        note('lookup');
        return Promise.resolve(host);
      },
    }),
  );
  t.teardown(() => Promise.all([client.close(), server.close()]));
  const peer = client.peer<typeof server>(server.address);
  const named = client.peer<typeof server>({ host: 'server.test', port: server.address.port });
  const silent = client.peer({ host, port: await silentPort(t) });
  // Its alarm is the first, and its timer rings for the others.
  const ofA = tenant.run('A', () => [silent.call('ping', [], { timeoutMs: 40 })]);
  const ofB = tenant.run('B', () => {
    silent.on('call.timedOut', ({ reference }) => {
      if (reference === 'B') note('peer.on');
    });
    silent.subscribe(() => note('peer.subscribe'));
    client.on('endpoint.closed', () => note('endpoint.on'));
    const lost = silent.call('ping', [], { timeoutMs: 60, reference: 'B' });
    lost.on('call.timedOut', () => note('call.on'));
    lost.subscribe(() => note('subscribe'));
    lost.select(({ value }) => value).subscribe(() => note('select'));
    const replyTo = { send: () => note('replyTo') };
    silent.send({ type: 'call', procedure: 'ping', timeoutMs: 60, replyTo });
    return [
      lost.then(() => note('then')),
      named.call('ping'),
      peer.call('hang', [], { timeoutMs: 60 }),
      peer.call('fails'),
    ];
  });
  await Promise.all([...ofA, ...ofB]);
  await tenant.run('C', () => peer.call('ping'));
  // When it is closed, the hanging procedure was aborted in any case.
  await Promise.all([client.close(), server.close()]);
  t.strictSame(seen, {
    ...{ handler: 'server', use: 'server', onError: 'server', abort: 'request' },
    lookup: 'client',
    ...{ 'peer.on': 'B', 'peer.subscribe': 'B', 'endpoint.on': 'B' },
    ...{ 'call.on': 'B', subscribe: 'B', select: 'B', replyTo: 'B', then: 'B' },
  });
});

t.test('an inspection observer runs in the context of what it observes', async (t) => {
  const seen: unknown[] = [];
  const client = await createEndpoint({
    host,
    inspect: (event) => {
      if (event.type === '@xstate.event' && event.event.type === 'cancel') {
        seen.push(tenant.getStore());
      }
    },
  });
  const silent = client.peer({ host, port: await silentPort(t) });
  for (const name of ['A', 'B']) tenant.run(name, () => silent.call('ping').cancel());
  await client.close();
  t.strictSame(seen, ['A', 'B']);
});

t.test('an endpoint keeps the context of no caller', async (t) => {
  const port = await silentPort(t);
  const client = await createEndpoint({ host });
  const within = async (): Promise<WeakRef<object>> => {
    const store = {};
    await tenant.run(store, async () => {
      const call = client.peer({ host, port }).call('ping');
      call.cancel();
      await call;
    });
    return new WeakRef(store);
  };
  const stores = [await within(), await within()];
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  t.strictSame(
    stores.map((store) => store.deref()),
    [undefined, undefined],
  );
  await client.close();
});

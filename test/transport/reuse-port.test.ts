import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { createActor, toPromise, waitFor } from 'xstate';
import { actorsOf } from '../../src/xstate/actors-of.js';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import { BindError } from '../../src/transport/bind-error.js';
import { hasReusePort, requireReusePort } from '../../src/transport/reuse-port.js';
import { udpTransport } from '../../src/transport/udp.js';
import { Inbox } from '../fixtures/inbox.js';
import { bodyOf, request } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

const HOST = '127.0.0.1';
const HERE = hasReusePort(process.versions.node);

t.test('which versions of Node.js have reusePort', async (t) => {
  for (const version of ['22.12.0', '22.21.1', '23.1.0', '23.11.0', '24.0.0', '26.1.0']) {
    t.ok(hasReusePort(version), version);
  }
  for (const version of ['20.19.0', '20.99.0', '21.12.0', '22.11.0', '22.0.0', '23.0.0']) {
    t.notOk(hasReusePort(version), version);
  }
  t.throws(() => requireReusePort('22.11.0'), {
    code: 'ERR_RPCUDP_OPTION',
    option: 'reusePort',
    message:
      "The option 'reusePort' needs Node.js 22.12, 23.1 or later, but this is 22.11.0; " +
      'rpcudp/cluster can share a port without it',
  });
});

t.test('a refusal to share says what the socket or the system lacks', async (t) => {
  const address = { host: HOST, port: 7 };
  const message = (code: string, ...[sharing]: ['reusePort' | 'cluster']) =>
    new BindError(address, Object.assign(new Error(`bind ${code}`), { code }), sharing).message;
  t.equal(
    message('ENOTSUP', 'reusePort'),
    'Cannot bind 127.0.0.1:7: this system does not support reusePort; Linux does, from version 3.9',
  );
  t.match(
    message('EADDRINUSE', 'reusePort'),
    /by a socket without reusePort, or by one of another user$/,
  );
  t.match(message('ENOTSUP', 'cluster'), /the workers of a cluster cannot share a UDP socket on/);
  t.match(message('EADDRINUSE', 'cluster'), /the address is in use; choose another port/);
  t.match(message('EACCES', 'reusePort'), /permission denied/);
});

t.test('the option must be true or false, and is only for UDP', async (t) => {
  await t.rejects(createEndpoint({ reusePort: 1 as unknown as boolean }), {
    message: "The option 'reusePort' must be true or false",
  });
  await t.rejects(createEndpoint({ transport: udpTransport({ port: 0 }), reusePort: false }), {
    message: /^The option 'reusePort' is only for UDP/,
  });
  const endpoint = await createEndpoint({ host: HOST, reusePort: false });
  t.ok(endpoint.peer(`${HOST}:9`), 'false shares nothing');
  await endpoint.close();
});

t.test(
  'over any transport that shares its port, no calls can be made, by method, by event or by restoring',
  inWorld(async (t, world) => {
    const transport = world.network.transport('10.0.0.1', 1_000);
    const endpoint = await world.endpoint({
      transport: Object.assign(transport, { sharesPort: true }),
      handlers: { ping: () => 'pong' },
    });
    const error = {
      code: 'ERR_RPCUDP_SHARED_PORT',
      message:
        'This endpoint shares 10.0.0.1:1000 and cannot make calls, because the answer could reach ' +
        'another process. Make calls from a separate endpoint: createEndpoint()',
    };
    t.throws(() => endpoint.peer('10.0.0.2:2000'), error);
    const peer = createActor(actorsOf().peer, { input: { endpoint, address: '10.0.0.2:2000' } });
    peer.subscribe({ error: () => undefined });
    peer.start();
    t.match(await waitFor(peer, ({ status }) => status === 'error'), { error });

    const earlier = createActor(actorsOf(await world.endpoint()).outcome('ping'), {
      input: { address: '10.0.0.2:2000' },
    });
    const snapshot = earlier.start().getPersistedSnapshot();
    const input = { address: '' };
    const restored = createActor(actorsOf(endpoint).outcome('ping'), { input, snapshot });
    await t.rejects(toPromise(restored.start()), error);

    const client = await world.endpoint();
    const call = client.peer<typeof endpoint>(endpoint.address).call('ping');
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'pong' }, 'it serves');
  }),
);

async function open(t: Test, options: EndpointOptions) {
  const endpoint = await createEndpoint({ host: HOST, ...options });
  t.teardown(() => endpoint.close());
  return endpoint;
}

if (HERE) {
  t.test(
    'each client has one of two endpoints at a port, also when it repeats itself',
    async (t) => {
      const runs: string[] = [];
      const serving = (name: string) => ({
        reusePort: true,
        handlers: {
          run: ({ sender }: { sender: { port: number } }) => {
            runs.push(`${name} ${sender.port}`);
            return name;
          },
        },
      });
      const first = await open(t, serving('first'));
      const { port } = first.address;
      const second = await open(t, { port, ...serving('second') });
      t.equal(second.address.port, port);
      t.throws(() => first.peer(`${HOST}:9`), { code: 'ERR_RPCUDP_SHARED_PORT' });
      t.equal(first.stats().kernelDrops, undefined, 'whose drops they are, nobody can tell');

      const clients: Socket[] = [];
      for (let n = 0; n < 64; n++) {
        const client = createSocket('udp4');
        t.teardown(() => client.close());
        clients.push(client);
        const answers: Buffer[] = [];
        for (let copy = 0; copy < 3; copy++) {
          client.send(request(1, 'run'), port, HOST);
          const [answer] = (await once(client, 'message')) as [Buffer];
          answers.push(answer);
        }
        t.equal(new Set(answers.map((answer) => answer.toString('hex'))).size, 1, 'one answer');
        t.equal(`${String(bodyOf(answers[0]!))} ${client.address().port}`, runs.at(-1));
      }
      t.equal(runs.length, 64, 'each ran once');
      t.equal(new Set(runs.map((run) => run.split(' ')[0])).size, 2, 'both have something to do');
    },
  );

  t.test('a port that is used without reusePort is not shared', async (t) => {
    const plain = await open(t, {});
    await t.rejects(open(t, { port: plain.address.port, reusePort: true }), {
      code: 'ERR_RPCUDP_BIND',
      message: /is in use by a socket without reusePort, or by one of another user$/,
    });
    const sharing = await open(t, { reusePort: true });
    await t.rejects(open(t, { port: sharing.address.port }), {
      code: 'ERR_RPCUDP_BIND',
      message: /the address is in use; choose another port/,
    });
  });

  t.test('a refusal of the system is quoted', async (t) => {
    const createRefused = (): Socket => {
      const socket = createSocket('udp4');
      socket.bind = () => {
        socket.emit('error', Object.assign(new Error('planted'), { code: 'ENOTSUP' }));
        return socket;
      };
      return socket;
    };
    const transport = udpTransport({
      ...{ host: HOST, port: 0, sharing: 'reusePort', createSocket: createRefused },
    });
    await t.rejects(transport.open(new Inbox()), {
      message: /this system does not support reusePort/,
    });
  });
} else {
  t.test('this Node.js says that it has no reusePort', async (t) => {
    await t.rejects(open(t, { reusePort: true }), {
      code: 'ERR_RPCUDP_OPTION',
      message: new RegExp(
        `needs Node.js 22.12, 23.1 or later, but this is ${process.versions.node}`,
      ),
    });
  });
}

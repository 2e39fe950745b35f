/** Errors with which the system refuses, and what a whole endpoint does about them. */
import t from 'tap';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import { EndpointClosedError } from '../../src/errors.js';
import { BindError } from '../../src/transport/bind-error.js';
import { SendQueueFullError } from '../../src/transport/send-queue-full-error.js';
import { udpTransport } from '../../src/transport/udp.js';
import { fakeInterfaces, FakeSocket, systemError, type FakeSent } from './fake-socket.js';
import { answerTo, request } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

const ERRNOS = [
  ...['ENOBUFS', 'EAGAIN', 'EPERM', 'ENETUNREACH'],
  ...['EHOSTUNREACH', 'EMSGSIZE', 'EINVAL', 'EACCES'],
];

/** Each of them once. */
const EACH_ONCE = Object.fromEntries(ERRNOS.map((code) => [code, 1]));

const PEER = { host: '10.0.0.2', port: 2000 };

/** An endpoint on a fake socket. */
async function onFakeSocket(
  world: World,
  options: EndpointOptions = {},
  socket = new FakeSocket(),
) {
  const transport = udpTransport({
    ...{ host: '10.0.0.1', port: 1000 },
    ...{ createSocket: socket.create, readInterfaces: fakeInterfaces },
  });
  const endpoint = await world.endpoint({ transport, timeoutMs: 100, ...options });
  const closed: unknown[] = [];
  endpoint.on('endpoint.closed', ({ error }) => closed.push(error));
  return { socket, endpoint, closed, peer: endpoint.peer(PEER) };
}

type Fake = Awaited<ReturnType<typeof onFakeSocket>>;

/** The peer answers the datagram at `index`. */
function answer({ socket }: Fake, index: number, value: unknown): void {
  const { datagram } = socket.sent[index]!;
  socket.receive(answerTo(datagram, value), PEER.host, PEER.port);
}

/** The ways in which a system can refuse a send at once or later. */
const REFUSALS: Readonly<Record<string, (sent: FakeSent, error: Error) => void>> = {
  'a throw': (_sent, error) => {
    throw error;
  },
  'the callback, at once': ({ done }, error) => {
    done(error);
  },
  'the callback, later': ({ done }, error) => {
    queueMicrotask(() => {
      done(error);
    });
  },
};

/** Refuses the next datagram, and takes those after it. */
function refuseNext({ socket }: Fake, error: Error, how: string): void {
  const { onSend } = socket;
  socket.onSend = (sent) => {
    socket.onSend = onSend;
    REFUSALS[how]!(sent, error);
  };
}

for (const how of Object.keys(REFUSALS)) {
  t.test(
    `a request refused by ${how} was not executed, and the endpoint continues`,
    inWorld(async (t, world) => {
      const fake = await onFakeSocket(world);
      for (const [index, code] of ERRNOS.entries()) {
        const error = systemError(code, 'send');
        refuseNext(fake, error, how);
        const refused = await world.clock.runUntil(fake.peer.call('x'));
        t.strictSame(refused, { state: 'unsent', error, executed: 'no', attempts: 0 }, code);
        const call = fake.peer.call('x');
        await world.settle();
        answer(fake, index * 2 + 1, code);
        t.match(await call, { state: 'resolved', value: code });
      }
      t.match(fake.endpoint.stats(), {
        attempted: ERRNOS.length * 2,
        sent: ERRNOS.length,
        refused: ERRNOS.length,
        inFlightNow: 0,
        outcomes: { unsent: ERRNOS.length, resolved: ERRNOS.length },
      });
      t.strictSame(fake.endpoint.stats().refusedBy, EACH_ONCE);
      t.strictSame(fake.closed, []);
    }),
  );

  t.test(
    `a repetition refused by ${how} is followed by the next one`,
    inWorld(async (t, world) => {
      for (const code of ERRNOS) {
        const fake = await onFakeSocket(world, { timeoutMs: 20_000, attempts: 3 });
        const call = fake.peer.call('x');
        await world.settle();
        refuseNext(fake, systemError(code, 'send'), how);
        for (const count of [2, 3]) {
          while (fake.socket.sent.length < count) await world.clock.step();
        }
        answer(fake, 2, 'third time lucky');
        t.match(await call, { state: 'resolved', value: 'third time lucky' }, code);
        t.match(fake.endpoint.stats(), { attempted: 3, sent: 2, refused: 1 });
        t.strictSame(fake.endpoint.stats().refusedBy, { [code]: 1 });
        await fake.endpoint.close();
      }
    }),
  );

  t.test(
    `a reply refused by ${how} is sent when the request is repeated`,
    inWorld(async (t, world) => {
      let runs = 0;
      const fake = await onFakeSocket(world, { handlers: { count: () => (runs += 1) } });
      for (const [index, code] of ERRNOS.entries()) {
        const datagram = request(index + 1, 'count');
        refuseNext(fake, systemError(code, 'send'), how);
        fake.socket.receive(Buffer.from(datagram), PEER.host, PEER.port);
        await world.settle();
        fake.socket.receive(Buffer.from(datagram), PEER.host, PEER.port);
        await world.settle();
        const [refused, taken] = fake.socket.sent.slice(index * 2);
        t.strictSame(refused?.datagram, answerTo(datagram, index + 1));
        t.strictSame(taken?.datagram, refused?.datagram);
      }
      t.equal(runs, ERRNOS.length);
      t.match(fake.endpoint.stats(), { attempted: runs * 2, sent: runs, refused: runs });
      t.strictSame(fake.endpoint.stats().refusedBy, EACH_ONCE);
    }),
  );
}

t.test(
  'an error of a datagram that was sent earlier does not harm other calls',
  inWorld(async (t, world) => {
    const fake = await onFakeSocket(world);
    for (const [index, code] of ERRNOS.entries()) {
      fake.socket.onSend = () => undefined;
      const lost = fake.peer.call('lost');
      const call = fake.peer.call('x');
      fake.socket.emit('error', systemError(code, 'send'));
      answer(fake, index * 2 + 1, code);
      t.match(await call, { state: 'resolved', value: code });
      t.match(await world.clock.runUntil(lost), { state: 'timedOut', executed: 'maybe' }, code);
    }
    t.strictSame(fake.closed, []);
  }),
);

t.test(
  'a temporary failure to receive does no harm, a lasting one closes the endpoint, once',
  inWorld(async (t, world) => {
    for (const code of ['EAGAIN', 'EINTR', 'ENOBUFS', 'ENOMEM', 'EMSGSIZE', 'ECONNREFUSED']) {
      const fake = await onFakeSocket(world);
      const call = fake.peer.call('x');
      fake.socket.emit('error', systemError(code, 'recvmsg'));
      answer(fake, 0, code);
      t.match(await call, { state: 'resolved', value: code });
      t.strictSame(fake.closed, []);
      await fake.endpoint.close();
    }
    for (const code of ['EBADF', 'EINVAL', 'EPERM', 'EACCES', 'EIO']) {
      const fake = await onFakeSocket(world, { window: 1 });
      const calls = ['in flight', 'waits'].map((name) => fake.peer.call(name));
      const error = systemError(code, 'recvmsg');
      fake.socket.emit('error', error);
      fake.socket.emit('error', systemError('EIO', 'recvmsg'));
      t.match(await Promise.all(calls), [
        { state: 'cancelled', reason: error, executed: 'maybe' },
        { state: 'cancelled', reason: error, executed: 'no' },
      ]);
      await fake.endpoint.close();
      t.strictSame(fake.closed, [error]);
      t.equal(fake.socket.closes, 1);
      t.throws(() => fake.peer.call('x'), EndpointClosedError);
    }
  }),
);

t.test(
  'a socket that is closed by other code closes the endpoint, once',
  inWorld(async (t, world) => {
    const fake = await onFakeSocket(world);
    const call = fake.peer.call('x');
    await world.settle();
    fake.socket.close();
    const unsent = fake.peer.call('y');
    t.match(await unsent, { state: 'unsent', executed: 'no' });
    const reason = { message: 'The socket was closed by other code' };
    t.match(await call, { state: 'cancelled', reason, executed: 'maybe' });
    await fake.endpoint.close();
    t.match(fake.closed, [reason]);
  }),
);

t.test(
  'nothing waits for a send callback that never comes',
  inWorld(async (t, world) => {
    const fake = await onFakeSocket(world, { handlers: { echo: (_, value: unknown) => value } });
    fake.socket.onSend = () => undefined;
    const [answered, silent, open] = ['a', 'b', 'c'].map((name) => fake.peer.call(name));
    answer(fake, 0, 'fine');
    t.match(await answered, { state: 'resolved', value: 'fine' });
    t.match(await world.clock.runUntil(silent!), { state: 'timedOut', verdict: 'neverSent' });
    t.match(await open, { state: 'timedOut', executed: 'maybe' });
    fake.socket.receive(request(1, 'echo', 'hi'), PEER.host, PEER.port);
    await world.settle();
    t.strictSame(fake.socket.sent[3]?.datagram, answerTo(request(1, 'echo'), 'hi'));
    const last = fake.peer.call('d');
    await fake.endpoint.close();
    t.match(await last, { state: 'cancelled', executed: 'maybe' });
    const stats = { attempted: 5, sent: 0, refused: 0, inFlightNow: 0, queuedNow: 0 };
    t.match(fake.endpoint.stats(), stats);
    for (const { done } of fake.socket.sent) done(null);
    t.equal(world.clock.pendingTimers, 0, 'what comes after the end starts nothing');
  }),
);

t.test(
  'a thousand calls that wait for a socket that refuses them all are unsent, each once',
  inWorld(async (t, world) => {
    const fake = await onFakeSocket(world, { window: 1, mailbox: 1_000 });
    const first = fake.peer.call('first');
    const calls = Array.from({ length: 1_000 }, (_, index) => fake.peer.call(`n${index}`));
    await world.settle();
    fake.socket.onSend = () => {
      throw systemError('ENOBUFS', 'send');
    };
    answer(fake, 0, 1);
    await first;
    const outcomes = await Promise.all(calls);
    t.ok(outcomes.every(({ state }) => state === 'unsent'));
    t.match(fake.endpoint.stats(), { sent: 1, refused: 1_000, outcomes: { unsent: 1_000 } });
    t.strictSame(fake.endpoint.stats().refusedBy, { ENOBUFS: 1_000 });
  }),
);

t.test(
  'a full send queue is backpressure: calls are unsent, and it is usable when it has drained',
  inWorld(async (t, world) => {
    const fake = await onFakeSocket(world);
    fake.socket.queuedBytes = 2 ** 20 + 1;
    t.match(await fake.peer.call('x'), { state: 'unsent', error: SendQueueFullError });
    t.equal(fake.socket.sent.length, 0, 'the socket was not asked');
    fake.socket.queuedBytes = 0;
    const call = fake.peer.call('x');
    answer(fake, 0, 'drained');
    t.match(await call, { state: 'resolved', value: 'drained' });
    t.strictSame(fake.endpoint.stats().refusedBy, { ERR_RPCUDP_SEND_QUEUE_FULL: 1 });
  }),
);

t.test(
  'an address that cannot be bound rejects, and leaves nothing half open',
  inWorld(async (t, world) => {
    for (const [code, says] of [
      ['EADDRINUSE', /the address is in use; choose another port/],
      ['EACCES', /permission denied; ports below 1024 may need privileges/],
      ['EADDRNOTAVAIL', /this machine does not have that address/],
      ['EINVAL', /bind EINVAL/],
    ] as const) {
      const socket = new FakeSocket();
      socket.bindError = systemError(code, 'bind');
      const error: unknown = await onFakeSocket(world, {}, socket).catch((error: unknown) => error);
      t.type(error, BindError);
      t.match(error, { message: says, address: { host: '10.0.0.1', port: 1000 }, cause: { code } });
      t.equal(socket.open, false, 'the socket is closed');
      t.equal(socket.listenerCount('message'), 0);
      socket.emit('error', systemError('EIO', 'recvmsg'));
      t.equal(world.clock.pendingTimers, 0);
    }
  }),
);

t.test('a call that a real system refuses was not executed either', async (t) => {
  const endpoint = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => endpoint.close());
  // From the loopback address there is no route to any other machine.
  const outcome = await endpoint.peer('192.0.2.1:9').call('x');
  t.match(outcome, { state: 'unsent', error: { syscall: 'send' }, executed: 'no' });
  t.match(endpoint.stats(), { attempted: 1, sent: 0, refused: 1 });
});

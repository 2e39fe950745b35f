import { createSocket, type SocketOptions } from 'node:dgram';
import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { udpTransport, type UdpTransportOptions } from '../../src/transport/udp.js';
import { Inbox } from '../fixtures/inbox.js';
import { until } from '../fixtures/network/until.js';
import { ipv6 } from '../fixtures/real-ipv6.js';
import { inWorld } from '../fixtures/world.js';

/** What Linux charges the buffer for a small datagram and everything around it. */
const CHARGED_BYTES = 1_024;

const counted = existsSync('/proc/net/udp') ? {} : { skip: 'this system counts no drops' };

async function open(t: Test, options: Partial<UdpTransportOptions> = {}) {
  const transport = udpTransport({ host: '127.0.0.1', port: 0, ...options });
  const inbox = new Inbox();
  const address = await transport.open(inbox);
  t.teardown(() => transport.close());
  return { transport, inbox, address };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** The buffer that the system grants to a socket that asks for this much. */
async function granted(t: Test, bytes: number): Promise<number> {
  const socket = createSocket('udp4');
  t.teardown(() => socket.close());
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  socket.setRecvBufferSize(bytes);
  return socket.getRecvBufferSize();
}

/**
 * Sends in one turn of the event loop, so that everything is in the kernel before any of it is
 * read.
 */
function burst(
  from: Opened,
  host: string,
  { address }: Pick<Opened, 'address'>,
  count: number,
): Error[] {
  const errors: Error[] = [];
  for (let index = 0; index < count; index++) {
    from.transport.send(Buffer.alloc(30), host, address.port, (error) => {
      if (error !== null) errors.push(error);
    });
  }
  return errors;
}

function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/**
 * Waits until this many datagrams have come or were dropped, and nothing more has come for many
 * turns of the event loop. Returns how many have come.
 */
async function drained({ inbox, transport }: Opened, count: number): Promise<number> {
  await until(() => inbox.received.length + (transport.kernelDrops ?? 0) >= count);
  for (let quiet = 0, seen = -1; quiet < 1_000; quiet++) {
    if (inbox.received.length !== seen) quiet = 0;
    seen = inbox.received.length;
    await setImmediate();
  }
  return inbox.received.length;
}

t.test('the buffer is as large as the system grants, and no larger one is reported', async (t) => {
  const { transport } = await open(t);
  t.equal(transport.receiveBufferBytes, await granted(t, 4 * 1024 * 1024));
  const cut = await open(t, {
    createSocket: (options) => {
      const socket = createSocket(options);
      const set = socket.setRecvBufferSize.bind(socket);
      // As Linux does with sizes above net.core.rmem_max: without an error.
      socket.setRecvBufferSize = (bytes) => set(Math.min(bytes, 20_000));
      return socket;
    },
  });
  t.equal(cut.transport.receiveBufferBytes, await granted(t, 20_000));
});

t.test('2,000 datagrams survive a stall of 100 ms', counted, async (t) => {
  const sender = await open(t);
  const receiver = await open(t);
  const { receiveBufferBytes = 0 } = receiver.transport;
  t.equal(receiver.transport.kernelDrops, 0);
  const errors = burst(sender, '127.0.0.1', receiver, 2_000);
  stall(100);
  const received = await drained(receiver, 2_000);
  t.strictSame(errors, []);
  t.equal(received + (receiver.transport.kernelDrops ?? NaN), 2_000);
  if (receiveBufferBytes >= 2_000 * CHARGED_BYTES) t.equal(received, 2_000);
  else t.comment(`the system grants only ${receiveBufferBytes} bytes: see net.core.rmem_max`);
});

t.test(
  'datagrams that overflow the buffer are counted by the kernel, exactly',
  counted,
  async (t) => {
    const sender = await open(t);
    const receiver = await open(t);
    const errors = burst(sender, '127.0.0.1', receiver, 20_000);
    const received = await drained(receiver, 20_000);
    const drops = receiver.transport.kernelDrops ?? NaN;
    t.strictSame(errors, []);
    t.ok(drops > 0, `${drops} of 20,000 dropped, ${receiver.transport.receiveBufferBytes} bytes`);
    t.equal(received + drops, 20_000);
    t.equal(sender.transport.kernelDrops, 0, 'each socket has its own count');
    await receiver.transport.close();
    t.equal(receiver.transport.kernelDrops, drops, 'the last count is kept');
  },
);

/** A socket with the system's default buffer: room for about 250 datagrams. */
function modestSocket(options: SocketOptions) {
  const socket = createSocket(options);
  socket.setRecvBufferSize = () => {
    throw new Error('planted');
  };
  return socket;
}

t.test('drops are counted on every kind of socket', { ...counted, ...ipv6() }, async (t) => {
  for (const [bindTo, sendFrom] of [
    ['0.0.0.0', '127.0.0.1'],
    ['::1', '::1'],
    ['::', '127.0.0.1'],
    ['::', '::1'],
  ] as const) {
    const sender = await open(t, { host: sendFrom });
    const receiver = await open(t, { host: bindTo, createSocket: modestSocket });
    burst(sender, sendFrom, receiver, 2_000);
    const received = await drained(receiver, 2_000);
    const drops = receiver.transport.kernelDrops ?? NaN;
    t.ok(drops > 0 && received + drops === 2_000, `${received} + ${drops}, bound to ${bindTo}`);
  }
});

t.test('there is no count without a socket, nor for one that is not in the table', async (t) => {
  const table = 'sl  local_address\n';
  const { transport } = await open(t, { readFile: () => table });
  t.equal(transport.kernelDrops, undefined);
  t.equal(udpTransport({ port: 0 }).kernelDrops, undefined);
});

t.test('a count that cannot be read any more stays as it was', async (t) => {
  let count = '7';
  const readFile = () => {
    if (count === '') throw new Error('planted');
    const hexPort = address.port.toString(16).padStart(4, '0').toUpperCase();
    return `1: 0100007F:${hexPort} 00000000:0000 07 0:0 00:0 0 0 0 16423 2 0 ${count}`;
  };
  const { transport, address } = await open(t, { readFile });
  t.equal(transport.kernelDrops, 7);
  count = '';
  t.equal(transport.kernelDrops, 7);
  count = '9';
  await transport.close();
  count = '10';
  t.equal(transport.kernelDrops, 9, 'as of its close');
});

t.test('an endpoint reports its buffer and its drops', counted, async (t) => {
  const sender = await open(t);
  const endpoint = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => endpoint.close());
  t.equal(endpoint.stats().receiveBufferBytes, await granted(t, 4 * 1024 * 1024));
  t.equal(endpoint.stats().kernelDrops, 0);
  burst(sender, '127.0.0.1', endpoint, 20_000);
  const drops = () => endpoint.stats().kernelDrops ?? NaN;
  await until(() => drops() > 0);
  t.ok(drops() > 0, `${drops()} dropped`);
});

t.test(
  'an endpoint without a socket reports neither',
  inWorld(async (t, world) => {
    const { receiveBufferBytes, kernelDrops } = (await world.endpoint()).stats();
    t.strictSame([receiveBufferBytes, kernelDrops], [undefined, undefined]);
  }),
);

/** A connected socket hears what ICMP says. Over the loopback interface, which always says it. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import type { Receiver } from '../../src/transport/transport.js';
import { connectedUdp } from '../../src/transport/connected-udp.js';
import { ownPort } from '../fixtures/own-port.js';

const HOST = '127.0.0.1';

class Heard implements Receiver {
  readonly texts: string[] = [];
  readonly errors: (string | undefined)[] = [];
  #wake: (() => void) | undefined;

  datagramReceived(datagram: Buffer, host: string, port: number): void {
    this.texts.push(`${datagram.toString()} from ${host}:${port}`);
    this.#wake?.();
  }

  transportFailed(error: Error): void {
    throw error;
  }

  readonly hearError = (error: NodeJS.ErrnoException): void => {
    this.errors.push(error.code);
    this.#wake?.();
  };

  something(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}

t.test('it hears that nobody listens, and is told by which address it sends', async (t) => {
  const heard = new Heard();
  const port = await ownPort();
  const transport = connectedUdp({ host: HOST, port }, heard.hearError);
  t.teardown(() => transport.close());
  const local = await transport.open(heard);
  t.equal(local.host, HOST);
  t.ok(local.port > 0);
  const woken = heard.something();
  transport.send(Buffer.from('x'), HOST, port, (error) => t.equal(error, null));
  await woken;
  t.strictSame(heard.errors, ['ECONNREFUSED']);
});

t.test('it hears its peer and nobody else', async (t) => {
  const heard = new Heard();
  const [peer, stranger] = ['udp4', 'udp4'].map(() => createSocket('udp4'));
  if (peer === undefined || stranger === undefined) throw new Error('no sockets');
  for (const socket of [peer, stranger]) {
    t.teardown(() => socket.close());
    socket.bind(0, HOST);
    await once(socket, 'listening');
  }
  const to = { host: HOST, port: peer.address().port };
  const transport = connectedUdp(to, heard.hearError);
  t.teardown(() => transport.close());
  const local = await transport.open(heard);
  transport.send(Buffer.from('hello'), '192.0.2.1', 7, () => undefined);
  const [asked] = (await once(peer, 'message')) as [Buffer];
  t.equal(asked.toString(), 'hello', 'whatever address is given');
  const woken = heard.something();
  await new Promise((resolve) => stranger.send('forged', local.port, local.host, resolve));
  peer.send('answer', local.port, local.host);
  await woken;
  t.strictSame(heard.texts, [`answer from ${HOST}:${to.port}`]);
});

t.test('after its end it sends nothing, and says so', async (t) => {
  const transport = connectedUdp({ host: HOST, port: 9 }, () => undefined);
  await transport.open(new Heard());
  await transport.close();
  await transport.close();
  await new Promise<void>((resolve) => {
    transport.send(Buffer.from('x'), HOST, 9, (error) => {
      t.match(error, { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
      resolve();
    });
  });
});

t.test('an address that cannot be reached at all is refused at the start', async (t) => {
  const transport = connectedUdp({ host: '255.255.255.255', port: 9 }, () => undefined);
  t.teardown(() => transport.close());
  const error: unknown = await transport.open(new Heard()).catch((thrown: unknown) => thrown);
  t.match(error, { syscall: 'connect' });
});

import type { Transport } from 'rpcudp';
import t from 'tap';
import { ScriptedTransport } from '../../fixtures/scripted-transport.js';
import { ForgedSources } from './forged-sources.js';

const STRANGERS_PORT = 666;

/** A transport of forged sources, and what arrives through it. */
async function opened() {
  const inner = new ScriptedTransport();
  const forged = new ForgedSources(inner, STRANGERS_PORT);
  const arrived: { readonly text: string; readonly from: string }[] = [];
  const transport: Transport = forged;
  await transport.open({
    datagramReceived: (datagram, host, port) => {
      arrived.push({ text: String(datagram), from: `${host}:${port}` });
    },
    transportFailed: () => undefined,
  });
  const receive = (datagram: Buffer, port: number): void => {
    inner.receiver?.datagramReceived(datagram, '127.0.0.1', port);
  };
  return { inner, forged, arrived, receive };
}

/** What the strangers send. */
function numbered(number: number, text: string): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(number);
  return Buffer.concat([head, Buffer.from(text)]);
}

t.test('a stranger seems to be at the address of its number', async (t) => {
  const { forged, arrived, receive } = await opened();
  for (const number of [0, 1, 1, 2]) receive(numbered(number, `from ${number}`), STRANGERS_PORT);
  t.strictSame(
    arrived.map(({ text }) => text),
    ['from 0', 'from 1', 'from 1', 'from 2'],
  );
  t.equal(new Set(arrived.map(({ from }) => from)).size, 3);
  t.strictSame([forged.strangers, forged.strangerDatagrams], [3, 4]);
});

t.test(
  'an honest client seems to be in a network, and what is sent there reaches it',
  async (t) => {
    const { inner, forged, arrived, receive } = await opened();
    receive(Buffer.from('hello'), 0x1234);
    t.strictSame(arrived, [{ text: 'hello', from: '198.18.18.52:4660' }]);
    t.strictSame([forged.strangers, forged.strangerDatagrams], [0, 0]);
    forged.send(Buffer.from('hello yourself'), '198.18.18.52', 4_660, () => undefined);
    t.match(inner.sent, [{ host: '127.0.0.1', port: 4_660 }]);
  },
);

t.test('what is sent to anybody else goes to the strangers, and to no host', async (t) => {
  const { inner, forged } = await opened();
  for (const host of ['20.1.2.3', '91.0.0.7', '203.0.113.9']) {
    forged.send(Buffer.from('reply'), host, 53, () => undefined);
  }
  const to = { host: '127.0.0.1', port: STRANGERS_PORT };
  t.match(inner.sent, [to, to, to]);
});

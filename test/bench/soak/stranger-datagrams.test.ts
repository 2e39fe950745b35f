import t from 'tap';
import { createEndpoint } from '../../../src/endpoint/endpoint.js';
import { ScriptedTransport } from '../../fixtures/scripted-transport.js';
import { NUMBER_BYTES } from './forged-sources.js';
import { StrangerDatagrams } from './stranger-datagrams.js';

t.test('each datagram has a sender and an id of its own, but for those that repeat', async (t) => {
  const datagrams = new StrangerDatagrams();
  const all = Array.from({ length: 160 }, () => datagrams.next().toString('hex'));
  const again = all.filter((datagram, index) => datagram === all[index - 1]);
  t.equal(again.length, 20);
  t.equal(new Set(all).size, 140);
  t.equal(new Set(all.map((datagram) => datagram.slice(10, 50))).size, 140, 'by their ids');
  const numbers = new Set(all.map((datagram) => parseInt(datagram.slice(0, 8), 16)));
  t.strictSame([...numbers], [...numbers.keys()], 'in the order of their numbers');
  t.equal(Math.max(...numbers), 139);
});

t.test('an endpoint meets everything that strangers send', async (t) => {
  const transport = new ScriptedTransport();
  const echo = (_: unknown, text: string): string => text;
  await using endpoint = await createEndpoint({ transport, handlers: { echo } });
  const datagrams = new StrangerDatagrams();
  for (let sent = 0; sent < 16; sent += 1) {
    transport.receiver?.datagramReceived(datagrams.next().subarray(NUMBER_BYTES), '20.0.0.1', 9);
  }
  const met = Object.entries(endpoint.stats().fates).filter(([, count]) => count > 0);
  t.strictSame(Object.fromEntries(met), {
    'request.run': 9,
    'request.replayed': 2,
    'request.refused.unknownProcedure': 1,
    'response.orphan': 1,
    'cancel.orphan': 1,
    'malformed.truncated': 1,
    'malformed.unknownType': 1,
  });
});

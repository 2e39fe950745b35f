import { createHash } from 'node:crypto';
import t, { type Test } from 'tap';
import { createEndpoint } from '../../src/index.js';
import { PythonPeer } from './python-peer.js';
import { python } from '../fixtures/real-parts.js';

/** What KademliaProtocol serves. Every request has its own id first; ids and keys are 20 bytes. */
interface KademliaNode {
  ping(scope: unknown, id: Uint8Array): Uint8Array;
  store(scope: unknown, id: Uint8Array, key: Uint8Array, value: string): boolean;
  find_node(scope: unknown, id: Uint8Array, key: Uint8Array): [Uint8Array, string, number][];
  find_value(scope: unknown, id: Uint8Array, key: Uint8Array): { value: string };
}

const sha1 = (text: string) => new Uint8Array(createHash('sha1').update(text).digest());
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/**
 * An endpoint that is a node without neighbours, and what it stores, by key in hexadecimal digits.
 */
async function openNode(t: Test, name: string) {
  const id = sha1(name);
  const stored = new Map<string, unknown>();
  const endpoint = await createEndpoint({
    host: '127.0.0.1',
    timeoutMs: 10_000,
    handlers: {
      ping: () => id,
      store: (_scope, _id: Uint8Array, key: Uint8Array, value: unknown) => {
        stored.set(hex(key), value);
        return true;
      },
      find_node: () => [],
      find_value: (_scope, _id: Uint8Array, key: Uint8Array) => {
        const value = stored.get(hex(key));
        return value === undefined ? [] : { value };
      },
    },
  });
  t.teardown(() => endpoint.close());
  return { endpoint, id, stored };
}

const { skip = false } = python();

t.test('a client of this package talks to a kademlia node', { skip }, async (t) => {
  const { peer, ready, address } = await PythonPeer.listen(t, 'kademlia_node.py');
  const { endpoint, id } = await openNode(t, 'our node');
  const node = endpoint.peer<KademliaNode>(address);

  const itsId = await node.call('ping', [id]).value();
  t.equal(itsId.length, 20);
  t.equal(hex(itsId), ready['id']);

  const other = await openNode(t, 'our other node');
  const neighbours = await other.endpoint
    .peer<KademliaNode>(address)
    .call('find_node', [other.id, sha1('anything')])
    .value();
  t.strictSame(neighbours, [[id, '127.0.0.1', endpoint.address.port]], 'it remembers the node');

  const key = sha1('key');
  t.equal(await node.call('store', [id, key, 'a välue']).value(), true);
  t.strictSame(await node.call('find_value', [id, key]).value(), { value: 'a välue' });
  t.strictSame(await peer.stop(), []);
});

t.test('a kademlia node joins through an endpoint of this package', { skip }, async (t) => {
  const { peer } = await PythonPeer.listen(t, 'kademlia_node.py');
  const { endpoint, id, stored } = await openNode(t, 'our node');
  const { host, port } = endpoint.address;

  t.strictSame(await peer.ask({ bootstrap: [host, port] }), { found: [hex(id)] });
  t.strictSame(await peer.ask({ set: 'theirs', value: 'stored here' }), { stored: true });
  t.equal(stored.get(hex(sha1('theirs'))), 'stored here');

  stored.set(hex(sha1('ours')), 'found here');
  t.strictSame(await peer.ask({ get: 'ours' }), { value: 'found here' });
  const { received, fates } = endpoint.stats();
  t.equal(fates['request.run'], received, 'every datagram was a request that ran');
  t.strictSame(await peer.stop(), []);
});

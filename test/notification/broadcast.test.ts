/** One notification to many peers. */
import t from 'tap';
import { defineContract } from '../../src/contract/contract.js';
import { InvalidArgumentsError, OptionError, UnencodableError } from '../../src/index.js';
import type { Peer } from '../../src/index.js';
import { schemaGiving } from '../fixtures/schemas.js';
import { bodyOf, idOf } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

t.test(
  'its arguments are encoded once, and each peer gets an id of its own',
  inWorld(async (t, world) => {
    const raws = [await world.raw(), await world.raw(), await world.raw()];
    const client = await world.endpoint();
    let reads = 0;
    const argument = {
      get x() {
        reads += 1;
        return 1;
      },
    };
    const peers = raws.map(({ address }) => client.peer(address));
    const made = client.broadcast(peers, 'moved', [argument]);
    const readOnce = reads;
    await world.settle();
    t.equal(made.length, 3);
    t.strictSame(
      made.map(({ state }) => state),
      ['sent', 'sent', 'sent'],
    );
    const datagrams = raws.flatMap(({ received }) => received.map(({ datagram }) => datagram));
    t.strictSame(datagrams.map(bodyOf), Array(3).fill(['moved', [{ x: 1 }]]));
    const ids = datagrams.map((datagram) => idOf(datagram).toString('hex'));
    t.equal(new Set(ids).size, 3);
    t.strictSame(
      ids,
      made.map(({ transactionId }) => transactionId),
    );
    client.peer(raws[0]?.address ?? '').notify('moved', [argument]);
    t.equal(reads - readOnce, readOnce, 'as often for three as for one');
  }),
);

t.test(
  'a peer without room drops its own alone',
  inWorld(async (t, world) => {
    const [full, free] = [await world.raw(), await world.raw()];
    const client = await world.endpoint({ initialWindow: 1 });
    const peers = [client.peer(full.address), client.peer(free.address)];
    peers[0]?.notify('x');
    const made = client.broadcast(new Set(peers), 'y');
    t.strictSame(
      made.map(({ state }) => state),
      ['dropped', 'queued'],
    );
    await world.settle();
    t.strictSame([full.asked, free.asked], [['x'], ['y']]);
  }),
);

t.test(
  'a peer that has lost its place drops its own alone',
  inWorld(async (t, world) => {
    const [gone, here] = [await world.raw(), await world.raw()];
    const client = await world.endpoint({ maxPeers: 1 });
    const first = client.peer(gone.address);
    const second = client.peer(here.address);
    second.notify('busy');
    const made = client.broadcast([first, second], 'x');
    t.match(made[0]?.getSnapshot().output, {
      state: 'dropped',
      reason: 'refused',
      error: { name: 'TooManyPeersError' },
    });
    await world.settle();
    t.strictSame([gone.asked, here.asked], [[], ['busy', 'x']]);
  }),
);

t.test(
  'a mistake is thrown before anybody is notified',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const contract = defineContract({ x: { args: schemaGiving({ issues: [{ message: 'no' }] }) } });
    const free = client.peer(raw.address);
    const nobody: Peer[] = [];
    const agreed = client.peer(raw.address, contract) as unknown as Peer;
    t.throws(() => client.broadcast([free, agreed], 'x', [1]), InvalidArgumentsError);
    t.throws(() => client.broadcast([free], 'x', [() => 1]), UnencodableError);
    t.throws(() => client.broadcast(nobody, 'x', [() => 1]), UnencodableError);
    t.throws(() => client.broadcast([free, {} as Peer], 'x'), OptionError);
    t.throws(() => client.broadcast([free], 'x', [], { lates: 1 } as never), OptionError);
    t.strictSame(client.broadcast(nobody, 'x'), []);
    await world.settle();
    t.equal(raw.received.length, 0);
    await world.clock.runUntil(client.close());
    t.throws(() => client.broadcast([free], 'x'), { name: 'EndpointClosedError' });
  }),
);

t.test(
  'peers of every kind are reached',
  inWorld(async (t, world) => {
    const ran: unknown[] = [];
    const server = await world.endpoint({ handlers: { x: () => ran.push(1) } });
    const old = await world.raw();
    const client = await world.endpoint();
    const peers = [client.peer(server.address), client.peer(old.address)];
    client.broadcast(peers, 'x', [], { latest: 'k' });
    client.broadcast(peers, 'x', [], { latest: 'k' });
    await world.settle();
    old.answer(0, 'ignored');
    await world.settle();
    t.equal(ran.length, 1);
    t.match(client.stats().notifications, { sent: 2, replaced: 2 });
    t.equal(client.stats().fates['response.ignored'], 1);
  }),
);

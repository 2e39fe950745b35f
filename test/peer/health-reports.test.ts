/** The health of peers as events: of a peer, of the peer of a name, and of all peers. */
import t from 'tap';
import type { HealthReport } from '../../src/api/health-report.js';
import { HEALTH_REPORT_TYPES } from '../../src/api/health-report.js';
import type { Call } from '../../src/api/call.js';
import type { AnyEndpoint } from '../../src/api/endpoint.js';
import type { HandlerScope } from '../../src/api/scope.js';
import type { Peer } from '../../src/api/peer.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

/** What is told of health, as short text. */
function hear(source: Peer | AnyEndpoint): string[] {
  const heard: string[] = [];
  const listener = ({ type, peer, previous }: HealthReport): void => {
    heard.push(`${peer} ${previous}>${type.slice('peer.'.length)}`);
  };
  for (const type of HEALTH_REPORT_TYPES) (source as Peer).on(type, listener);
  return heard;
}

async function timeOut(world: World, peer: Peer, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await world.clock.runUntil(peer.call('x'));
}

t.test(
  'a peer is heard of when its health changes, once each time',
  inWorld(async (t, world) => {
    const raw = await world.raw('10.0.2.1');
    const client = await world.endpoint({ timeoutMs: 100 });
    const peer = client.peer(raw.address);
    const [ofPeer, ofAll] = [hear(peer), hear(client)];
    await timeOut(world, peer, 5);
    t.strictSame(ofPeer, ['10.0.2.1:2000 unknown>suspect', '10.0.2.1:2000 suspect>silent']);
    raw.answer(4, 'late');
    await world.settle();
    const call = peer.call('x');
    await world.settle();
    raw.answer(5, 1);
    await world.clock.runUntil(call);
    await timeOut(world, peer, 1);
    t.strictSame(ofPeer.slice(2), [
      '10.0.2.1:2000 silent>responsive',
      '10.0.2.1:2000 responsive>suspect',
    ]);
    t.strictSame(ofAll, ofPeer);
  }),
);

t.test(
  'who is suspect or silent is told with how long nothing was heard from it',
  inWorld(async (t, world) => {
    const raw = await world.raw('10.0.2.1');
    const client = await world.endpoint({ timeoutMs: 100 });
    const peer = client.peer(raw.address);
    const heard: HealthReport[] = [];
    peer.on('peer.suspect', (report) => heard.push(report));
    peer.on('peer.silent', (report) => heard.push(report));
    peer.on('peer.responsive', (report) => heard.push(report));
    await timeOut(world, peer, 1);
    const subject = { peer: '10.0.2.1:2000' };
    t.strictSame(heard.splice(0), [
      { type: 'peer.suspect', ...subject, previous: 'unknown', unheardForMs: undefined },
    ]);
    const call = peer.call('x');
    await world.settle();
    raw.answer(1, 1);
    await world.clock.runUntil(call);
    t.strictSame(heard.splice(0), [{ type: 'peer.responsive', ...subject, previous: 'suspect' }]);
    await world.clock.advance(50);
    await timeOut(world, peer, 3);
    t.match(heard, [
      { type: 'peer.suspect', unheardForMs: 150 },
      { type: 'peer.silent', previous: 'suspect', unheardForMs: 350 },
    ]);
  }),
);

t.test(
  'an endpoint hears of who calls it, and of no change that none was',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { ping: () => 'pong' } });
    const client = await world.endpoint();
    const heard = hear(server);
    const peer = client.peer(server.address);
    await world.clock.runUntil(Promise.all([peer.call('ping'), peer.call('ping')]));
    await world.clock.runUntil(peer.call('ping'));
    t.strictSame(heard, ['10.0.0.2:1000 unknown>responsive']);
  }),
);

t.test(
  'a listener may cancel the call whose answer it hears of, or close, and all adds up',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { ping: () => 'pong' } });
    for (const act of ['cancel', 'close', 'call', 'throw'] as const) {
      const client = await world.endpoint();
      const peer = client.peer(server.address);
      const call = peer.call('ping');
      const more: Call[] = [];
      client.on('peer.responsive', () => {
        if (act === 'cancel') call.cancel('no more');
        else if (act === 'close') void client.close({ graceMs: 0 });
        else if (act === 'call') more.push(peer.call('ping'));
        else throw new Error('mine');
      });
      t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'pong' }, act);
      for (const one of more) t.match(await world.clock.runUntil(one), { state: 'resolved' });
      t.same(world.imbalances(), [], act);
      await world.clock.runUntil(client.close());
    }
    t.match(world.errors.splice(0), [{ message: 'mine' }]);
  }),
);

t.test(
  'a procedure may be refused by who hears of its caller: the health is told after the request',
  inWorld(async (t, world) => {
    const order: string[] = [];
    const server = await world.endpoint({ handlers: { ping: () => order.push('runs') } });
    server.on('peer.responsive', () => order.push('heard'));
    server.on('request.settled', () => order.push('settled'));
    const client = await world.endpoint();
    await world.clock.runUntil(client.peer(server.address).call('ping'));
    t.strictSame(order, ['runs', 'settled', 'heard']);
  }),
);

t.test(
  'a peer with listeners is not forgotten, and none is held by a listener to the endpoint',
  inWorld(async (t, world) => {
    const client = await world.endpoint({ maxPeers: 2 });
    hear(client);
    const [held, other] = [client.peer('10.0.3.1:1'), client.peer('10.0.3.2:1')];
    const subscription = held.on('peer.silent', () => undefined);
    client.peer('10.0.3.3:1');
    t.match([held.health, other.health], ['unknown', 'forgotten']);
    subscription.unsubscribe();
    client.peer('10.0.3.4:1');
    client.peer('10.0.3.5:1');
    t.equal(held.health, 'forgotten');
  }),
);

t.test(
  'an unsubscribed listener hears nothing, even of what has just happened',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100 });
    const peer = client.peer(raw.address);
    const heard: string[] = [];
    const subscription = peer.on('peer.suspect', () => heard.push('too late'));
    peer.on('call.timedOut', () => {
      subscription.unsubscribe();
    });
    await timeOut(world, peer, 1);
    t.equal(peer.health, 'suspect');
    t.strictSame(heard, []);
  }),
);

const NAME = 'service.example:2000';

/** A name with these addresses, at some of which it is served. */
async function named(world: World, hosts: readonly string[], serving: readonly string[]) {
  for (const host of serving) {
    await world.endpoint({
      ...{ host, port: 2000 },
      handlers: { where: (_: HandlerScope) => host },
    });
  }
  return await world.endpoint({
    maxPeers: 4,
    timeoutMs: 100,
    lookup: () => Promise.resolve(hosts),
  });
}

t.test(
  'by name one hears of the address that the name has at present, and of its next one',
  inWorld(async (t, world) => {
    const client = await named(world, ['10.0.2.8', '10.0.2.1'], ['10.0.2.1']);
    const peer = client.peer(NAME);
    const [byName, byAddress] = [hear(peer), hear(client.peer('10.0.2.1:2000'))];
    await world.clock.runUntil(peer.call('where'));
    t.strictSame(byName, ['10.0.2.8:2000 unknown>suspect'], 'then it was left');
    t.equal(peer.address, '10.0.2.1:2000');
    t.match(await world.clock.runUntil(peer.call('where')), { value: '10.0.2.1' });
    t.strictSame(byName.slice(1), ['10.0.2.1:2000 unknown>responsive']);
    t.strictSame(byAddress, byName.slice(1));
    await world.clock.runUntil(client.peer('10.0.2.8:2000').call('where'));
    t.equal(byName.length, 2, 'the address that was left is not of this name any more');
  }),
);

t.test(
  'a name that moves to a peer of another health tells so',
  inWorld(async (t, world) => {
    const client = await named(world, ['10.0.2.8', '10.0.2.1'], ['10.0.2.1']);
    await world.clock.runUntil(client.peer('10.0.2.1:2000').call('where'));
    const peer = client.peer(NAME);
    const heard = hear(peer);
    await world.clock.runUntil(peer.call('where'));
    t.strictSame(heard, ['10.0.2.8:2000 unknown>suspect', '10.0.2.1:2000 suspect>responsive']);
    t.equal(peer.health, 'responsive');
  }),
);

t.test(
  'a name whose address is that of a known peer tells of its health when it is found',
  inWorld(async (t, world) => {
    const client = await named(world, ['10.0.2.1'], ['10.0.2.1']);
    await world.clock.runUntil(client.peer('10.0.2.1:2000').call('where'));
    const peer = client.peer(NAME);
    const heard = hear(peer);
    await world.clock.runUntil(peer.call('where'));
    t.strictSame(heard, ['10.0.2.1:2000 resolving>responsive']);
    await world.clock.runUntil(client.close());
    t.equal(heard.length, 1, 'the end is told by the endpoint');
  }),
);

t.test(
  'the peer of a name with listeners is in use until the last one has gone',
  inWorld(async (t, world) => {
    const client = await named(world, ['10.0.2.1'], ['10.0.2.1']);
    const peer = client.peer(NAME);
    const subscriptions = [peer, client.peer(NAME)].map((one) =>
      one.on('peer.silent', () => undefined),
    );
    await world.clock.runUntil(peer.call('where'));
    const actor = client.peer('10.0.2.1:2000');
    const crowd = (): void => {
      for (let number = 1; number <= 8; number += 1) client.peer(`10.0.4.${number}:9`);
    };
    subscriptions[0]?.unsubscribe();
    subscriptions[0]?.unsubscribe();
    crowd();
    t.equal(actor.health, 'responsive');
    subscriptions[1]?.unsubscribe();
    crowd();
    t.equal(actor.health, 'forgotten');
  }),
);

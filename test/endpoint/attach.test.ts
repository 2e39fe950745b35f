/** Observers that attach and detach while an endpoint runs. */
import t from 'tap';
import type { InspectionEvent } from 'xstate';
import { inWorld } from '../fixtures/world.js';

/**
 * What an observer was told, in short: the type of the event, the actor, and its state if it has
 * one.
 */
function told() {
  const log: string[] = [];
  const observer = (event: InspectionEvent): void => {
    const { id } = event.actorRef as unknown as { readonly id: string };
    const name = id.replace(/ [0-9a-f]{4}$/, '');
    if (event.type === '@xstate.actor') log.push(`actor ${name}`);
    if (event.type !== '@xstate.snapshot') return;
    const { value } = event.snapshot as { value?: unknown };
    log.push(`${name}: ${event.event.type} → ${String(value)}`);
  };
  return { log, observer };
}

t.test(
  'an observer that attaches is told of the living actors, parents first, and then of what happens',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { wait: () => new Promise(() => undefined) } });
    const client = await world.endpoint({ initialWindow: 1, timeoutMs: 1_000 });
    const peer = client.peer(server.address);
    const first = peer.call('wait');
    const second = peer.call('wait');
    await world.settle();

    const atClient = told();
    client.inspect(atClient.observer);
    const { address } = peer;
    t.strictSame(
      atClient.log.map((line) => line.replace(/endpoint( .*)?(?=:|$)/, 'endpoint')),
      [
        'actor endpoint',
        'endpoint: inspection.attached → open',
        'actor socket',
        'socket: inspection.attached → listening',
        `actor peer ${address}`,
        `peer ${address}: inspection.attached → unknown`,
        'actor call wait',
        'call wait: inspection.attached → queued',
        'actor call wait',
        'call wait: inspection.attached → awaiting',
      ],
    );
    atClient.log.length = 0;
    first.cancel();
    t.strictSame(atClient.log.slice(0, 2), [
      'call wait: cancel → cancelled',
      'call wait: transmitted → sent',
    ]);

    const atServer = told();
    server.inspect(atServer.observer);
    t.match(atServer.log.slice(-2), ['actor handler', 'handler: inspection.attached → running']);
    second.cancel();
  }),
);

t.test(
  'an observer that detaches is told nothing more, and the others still are',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { echo: (_, value: number) => value } });
    const client = await world.endpoint();
    const peer = client.peer(server.address);
    const leaver = told();
    const stayer = told();
    const subscription = client.inspect(leaver.observer);
    client.inspect(stayer.observer);
    await world.clock.runUntil(peer.call('echo', [1]));
    t.strictSame(leaver.log.slice(-4), stayer.log.slice(-4));
    subscription.unsubscribe();
    subscription.unsubscribe();
    const [before, kept] = [leaver.log.length, stayer.log.length];
    await world.clock.runUntil(peer.call('echo', [2]));
    t.equal(leaver.log.length, before);
    t.ok(stayer.log.length > kept);
  }),
);

t.test(
  'each observer is told of each actor once, whether it attached at the start or later',
  inWorld(async (t, world) => {
    const early = told();
    const late = told();
    const client = await world.endpoint({ inspect: early.observer });
    client.inspect(late.observer);
    client.peer('10.9.9.9:9');
    for (const { log } of [early, late]) {
      t.equal(log.filter((line) => line.startsWith('actor endpoint')).length, 1);
      t.equal(log.filter((line) => line === 'actor socket').length, 1);
      t.equal(log.filter((line) => line === 'actor peer 10.9.9.9:9').length, 1);
    }
  }),
);

t.test(
  'an observer that throws is reported once, and does not disturb the others',
  inWorld(async (t, world) => {
    const errors: unknown[] = [];
    const client = await world.endpoint({ onError: (error: unknown) => void errors.push(error) });
    const fault = new Error('mine');
    client.inspect(() => {
      throw fault;
    });
    const other = told();
    client.inspect(other.observer);
    client.peer('10.9.9.9:9');
    t.strictSame(errors, [fault]);
    t.ok(other.log.includes('actor peer 10.9.9.9:9'));
  }),
);

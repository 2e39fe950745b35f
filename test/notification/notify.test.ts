/** A notification from its making to its end. */
import t from 'tap';
import { toPromise } from 'xstate';
import {
  EndpointClosedError,
  InvalidArgumentsError,
  OptionError,
  RequestTooLargeError,
  UnencodableError,
} from '../../src/index.js';
import type { NotificationReport, Peer } from '../../src/index.js';
import { defineContract } from '../../src/contract/contract.js';
import type { StandardResult } from '../../src/contract/standard-schema.js';
import { schemaOf } from '../fixtures/schemas.js';
import { bodyOf, headerMapOf, idOf } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

/** Takes a list that begins with 1. */
function one(value: unknown): StandardResult<[number]> {
  const isOne = Array.isArray(value) && value[0] === 1;
  return isOne ? { value: [1] } : { issues: [{ message: 'must be 1' }] };
}

t.test(
  'it is a request that says that nobody answers it',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const notification = client.peer(raw.address).notify('moved', [1, 2]);
    t.match(notification, { state: 'queued', done: false });
    t.equal(client.stats().notificationsNow, 1);
    await world.settle();
    t.match(notification, { state: 'sent', done: true });
    t.match(await toPromise(notification), { state: 'sent' });
    t.equal(notification.id, `notification moved ${notification.transactionId.slice(0, 4)}`);
    const [{ datagram } = { datagram: Buffer.alloc(0) }] = raw.received;
    t.strictSame(bodyOf(datagram), ['moved', [1, 2]]);
    t.equal(idOf(datagram).toString('hex'), notification.transactionId);
    t.match(headerMapOf(datagram), { version: 1, oneWay: true, remainingMs: undefined });
    t.equal(client.stats().notifications.sent, 1);
    await world.clock.advance(60_000);
    t.equal(raw.received.length, 1, 'it is not repeated');
    t.notOk('then' in notification, 'there is nothing to await');
    t.throws(() => notification.stop(), /cannot be stopped/);
  }),
);

t.test(
  'an rpcudp endpoint runs it and answers nothing but the probe',
  inWorld(async (t, world) => {
    const ran: unknown[] = [];
    const server = await world.endpoint({
      handlers: { moved: (_scope, x: number) => ran.push(x) },
    });
    const client = await world.endpoint();
    const peer = client.peer<typeof server>(server.address);
    peer.notify('moved', [7]);
    await world.settle();
    t.strictSame(ran, [7]);
    t.match(peer, { health: 'responsive', native: true, roundTripMs: Number });
    const { fates } = client.stats();
    t.match(fates, { 'response.present': 1, 'response.matched': 0, 'response.orphan': 0 });
    t.equal(client.stats().framesReceived, 1);
    t.equal(server.stats().fates['probe.answered'], 1);
    t.equal(client.stats().lingeringNow, 0);
  }),
);

t.test(
  'it reports its end',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ initialWindow: 1 });
    const peer = client.peer(raw.address);
    const reports: NotificationReport[] = [];
    for (const [index, options] of [undefined, { latest: 'k' }, { latest: 'k' }].entries()) {
      peer.notify('moved', [index], options).on('*', (report) => reports.push(report));
    }
    const late = peer.notify('moved', [3]);
    t.match(late.getSnapshot().output, { state: 'dropped', reason: 'noRoom' });
    late.on('*', () => t.fail('it has ended'));
    await world.settle();
    const common = { procedure: 'moved', peer: '10.0.0.1:2000', transactionId: String };
    t.match(reports, [
      { type: 'notification.replaced', by: String, ...common },
      { type: 'notification.sent', ...common },
    ]);
    const { notifications } = client.stats();
    t.match(notifications, { sent: 1, replaced: 1, 'dropped.noRoom': 1 });
    await world.clock.runUntil(client.close());
    t.match(reports.at(-1), { type: 'notification.dropped', reason: 'closed', ...common });
  }),
);

t.test(
  'what the system refuses is dropped, with its error',
  inWorld(async (t, world) => {
    const client = await world.endpoint({
      transport: {
        family: 4,
        open: () => Promise.resolve({ host: '10.0.0.9', port: 1 }),
        send: (_datagram, _host, _port, done) => {
          done(Object.assign(new Error('planted'), { code: 'ENETUNREACH' }));
        },
        close: () => Promise.resolve(),
      },
    });
    const notification = client.peer('10.0.0.1:1').notify('x');
    t.match(notification.getSnapshot().output, {
      state: 'dropped',
      reason: 'refused',
      error: { message: 'planted' },
    });
    t.equal(client.stats().notifications['dropped.refused'], 1);
  }),
);

t.test(
  'mistakes are thrown where they are made, and nothing is counted',
  inWorld(async (t, world) => {
    const contract = defineContract({
      set: { args: schemaOf<[number]>(one) },
    });
    const client = await world.endpoint();
    const peer = client.peer('10.0.0.1:1');
    t.throws(() => peer.notify('x', ['y'.repeat(9_000)]), RequestTooLargeError);
    t.throws(() => peer.notify('x', [() => 1]), UnencodableError);
    t.throws(() => peer.notify('', []), UnencodableError);
    const bad = { lates: 1 } as never;
    t.throws(() => peer.notify('x', [], bad), {
      name: 'OptionError',
      message: "The option 'lates' is not known; the options of a notification are latest",
    });
    t.throws(() => peer.notify('x', [], { latest: NaN }), OptionError);
    t.throws(() => peer.notify('x', [], { latest: {} as never }), OptionError);
    const agreed = client.peer('10.0.0.1:1', contract) as unknown as Peer;
    t.throws(() => agreed.notify('set', [2]), InvalidArgumentsError);
    t.throws(() => agreed.notify('sett'), { name: 'ContractError' });
    await world.clock.runUntil(client.close());
    t.throws(() => peer.notify('x'), EndpointClosedError);
    t.strictSame(
      Object.values(client.stats().notifications).filter((count) => count > 0),
      [],
    );
  }),
);

t.test(
  'an endpoint that closes sends what has room, and drops the rest',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ initialWindow: 2 });
    const peer = client.peer(raw.address);
    const ends = [peer.notify('a'), peer.notify('b', [], { latest: 1 })];
    ends.push(peer.notify('c', [], { latest: 2 }));
    let isReady = false;
    void peer.readyToNotify().then(() => (isReady = true));
    await world.clock.runUntil(client.close());
    await world.settle();
    t.ok(isReady);
    t.strictSame(
      ends.map(({ state }) => state),
      ['sent', 'sent', 'dropped'],
    );
    t.match(ends[2]?.getSnapshot().output, { reason: 'closed' });
    t.strictSame(raw.asked, ['a', 'b']);
  }),
);

t.test(
  'a procedure that runs may notify through its scope while its endpoint closes',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const server = await world.endpoint({
      handlers: {
        tell: async ({ endpoint }) => {
          const closed = endpoint.close({ graceMs: 1_000 });
          void closed;
          await Promise.resolve();
          await Promise.resolve();
          endpoint.peer(raw.address).notify('told');
          endpoint.broadcast([endpoint.peer(raw.address)], 'told');
          t.throws(() => server.peer(raw.address).notify('x'), EndpointClosedError);
        },
      },
    });
    const client = await world.endpoint();
    await world.clock.runUntil(client.peer(server.address).call('tell'));
    await world.settle();
    t.strictSame(raw.asked, ['told', 'told']);
  }),
);

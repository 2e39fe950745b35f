/** A caller hears once that an answer takes longer than it usually does, and can ask others. */
import t from 'tap';
import type { CallReport } from '../../src/api/call-report.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

/** Later than any first gap: the RTO of an unknown peer is 1 to 1.5 s. */
const OVERDUE_MS = 1_501;

/** A peer that answers when it is told to, and what is reported of the calls to it. */
async function pair(world: World) {
  const raw = await world.raw();
  const client = await world.endpoint({ timeoutMs: 10_000 });
  const peer = client.peer(raw.address);
  const heard: CallReport[] = [];
  peer.on('call.overdue', (report) => heard.push(report));
  return { raw, client, peer, heard };
}

t.test(
  'it is reported once, by the call, by its peer and to replyTo, and the call goes on',
  inWorld(async (t, world) => {
    const { raw, peer, heard } = await pair(world);
    const replied: CallReport[] = [];
    const replyTo = { send: (report: CallReport) => replied.push(report) };
    const ofCall: CallReport[] = [];
    const call = peer.call('x', [], { reference: 'mine' });
    call.on('call.overdue', (report) => ofCall.push(report));
    peer.send({ type: 'call', procedure: 'y', replyTo });
    await world.clock.advance(999);
    t.strictSame(heard, [], 'not before the RTO');
    await world.clock.advance(OVERDUE_MS - 999);
    t.equal(call.state, 'awaiting');
    const [report] = ofCall;
    t.match(report, {
      ...{ type: 'call.overdue', procedure: 'x', peer: '10.0.0.1:2000', reference: 'mine' },
      ...{ transactionId: call.transactionId, timeoutMs: 10_000 },
    });
    const { waitedMs = 0 } = report as { waitedMs?: number };
    t.ok(waitedMs >= 1_000 && waitedMs <= 1_500, `${waitedMs} ms`);
    t.strictSame(heard[0], report);
    t.strictSame(heard.map(({ procedure }) => procedure).sort(), ['x', 'y']);
    t.strictSame(
      replied.map(({ type, procedure }) => [type, procedure]),
      [['call.overdue', 'y']],
    );
    await world.clock.advance(8_000);
    t.equal(heard.length, 2, 'and never again');
    raw.answer(0, 'after all');
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'after all' });
  }),
);

t.test(
  'a call that is answered in time, or that its peer works on, is not overdue',
  inWorld(async (t, world) => {
    const { raw, peer, heard } = await pair(world);
    const [quick, worked] = [peer.call('quick'), peer.call('worked')];
    await world.settle();
    raw.answer(0, 1);
    raw.working(1);
    await world.clock.runUntil(quick);
    await world.clock.advance(9_000);
    t.equal(worked.state, 'awaiting');
    t.strictSame(heard, []);
    raw.answer(1, 2);
    await world.clock.runUntil(worked);
  }),
);

t.test(
  'it is reported as well where the request is sent once, and where it may be repeated',
  inWorld(async (t, world) => {
    const { raw, peer, heard } = await pair(world);
    peer.call('once', [], { attempts: 1 });
    peer.call('often', [], { attempts: 16 });
    await world.clock.advance(OVERDUE_MS);
    t.strictSame(heard.map(({ procedure }) => procedure).sort(), ['often', 'once']);
    t.strictSame(raw.asked, ['once', 'often', 'often']);
  }),
);

t.test(
  'it comes before the time-out, and not if the time is over before',
  inWorld(async (t, world) => {
    const { peer } = await pair(world);
    const order: string[] = [];
    peer.on('*', ({ type }) => order.push(type));
    await world.clock.runUntil(peer.call('short', [], { timeoutMs: 900 }));
    t.strictSame(order.splice(0), ['call.timedOut', 'peer.suspect']);
    await world.clock.runUntil(peer.call('long', [], { timeoutMs: 5_000, attempts: 1 }));
    t.strictSame(order, ['call.overdue', 'call.timedOut']);
  }),
);

t.test(
  'who hears of it may cancel the call, which is then not sent again, or ask somebody else',
  inWorld(async (t, world) => {
    const { raw, peer } = await pair(world);
    const other = await world.endpoint({ handlers: { x: () => 'from another' } });
    const client = await world.endpoint();
    const cancelled = peer.call('x', [], { attempts: 5 });
    let instead;
    cancelled.on('call.overdue', () => {
      instead = client.peer(other.address).call('x');
      cancelled.cancel('asked another');
    });
    t.match(await world.clock.runUntil(cancelled), { state: 'cancelled', attempts: 1 });
    t.match(await world.clock.runUntil(instead as unknown as PromiseLike<unknown>), {
      value: 'from another',
    });
    await world.clock.advance(5_000);
    t.strictSame(raw.asked, ['x']);
    const byPeer = peer.call('y', [], { attempts: 5 });
    peer.on('call.overdue', () => {
      byPeer.cancel();
    });
    t.match(await world.clock.runUntil(byPeer), { state: 'cancelled', attempts: 1 });
  }),
);

t.test(
  'by name one hears of it, whatever the address',
  inWorld(async (t, world) => {
    await world.raw('10.0.2.1');
    const client = await world.endpoint({ lookup: () => Promise.resolve('10.0.2.1') });
    const heard: string[] = [];
    client.peer('service.example:2000').on('call.overdue', ({ peer }) => heard.push(peer));
    client.peer('service.example:2000').call('x');
    client.peer('10.0.2.1:2000').call('y');
    await world.clock.advance(OVERDUE_MS);
    t.strictSame(heard, ['10.0.2.1:2000']);
  }),
);

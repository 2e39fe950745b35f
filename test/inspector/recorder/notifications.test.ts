/** What a recorder tells of notifications, at both ends. */
import t from 'tap';
import { Recorded } from './recorded.js';
import { inWorld } from '../../fixtures/world.js';

t.test(
  'a notification and its request are recorded at both ends',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { moved: () => 'nobody reads this' } });
    const client = await world.endpoint({ initialWindow: 1 });
    const [atClient, atServer] = [new Recorded(client), new Recorded(server)];
    const peer = client.peer(server.address);
    peer.notify('moved', [1], { latest: 'x' });
    peer.notify('moved', [2], { latest: 'x' });
    await world.settle();
    peer.notify('moved', [3]);
    peer.notify('moved', [4]);
    await world.clock.advance(1_000);

    const made = atClient.of('notification');
    t.match(made, [
      { peer: '10.0.0.1:1000', procedure: 'moved', args: [1], latest: 'x' },
      { args: [2], latest: 'x' },
      { args: [3], latest: undefined },
      { args: [4] },
    ]);
    t.strictSame(
      made.map(({ actor }) => atClient.path(actor)),
      [['replaced replaced'], ['transmitted sent'], ['transmitted sent'], ['transmitted sent']],
    );
    const [first, second] = made;
    const steps = atClient.of('step');
    const replaced = steps.find(({ actor }) => actor === first?.actor);
    t.match(replaced, { final: true, because: `by ${second?.transactionId.slice(0, 8)}` });
    const [handler] = atServer.of('handler');
    t.match(handler, { transactionId: second?.transactionId, args: [2], oneWay: true });
    t.strictSame(atServer.path(handler?.actor), ['started running', 'finished finished']);
    t.ok(atClient.frames().includes('out request'));
    t.ok(atServer.frames().includes('in request request.run'));
    const { stats, skipped } = atClient.counts;
    t.match(stats, { notifications: { sent: 3, replaced: 1 }, notificationsNow: 0 });
    t.match(skipped, { notifications: 0 });
    t.match(atClient.records[0], { charts: { notification: { initial: 'queued' } } });
    t.strictSame([atClient.faults(), atServer.faults()], [[], []]);
  }),
);

t.test(
  'why one was dropped is told, those that wait are found, and masked values are hidden',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ initialWindow: 1 });
    const peer = client.peer(raw.address);
    peer.notify('login', [{ password: 'secret' }]);
    peer.notify('login', [{ password: 'secret' }], { latest: 'secret' });
    await world.settle();
    const recorded = new Recorded(client, { mask: ['password'] });
    t.match(recorded.of('notification'), [{ args: [{ password: '(masked)' }], latest: undefined }]);
    peer.notify('login', [{ password: 'secret' }]);
    const [dropped] = recorded.of('step');
    t.match(dropped, { event: 'dropped', state: 'dropped', final: true });
    t.equal(dropped?.because, 'too much is on its way to the peer');
    raw.present(0);
    await world.settle();
    const text = JSON.stringify(recorded.records);
    t.notMatch(text, /secret/);
    t.notMatch(text, new RegExp(Buffer.from('secret').toString('base64').slice(0, 6)));
    t.strictSame(recorded.faults(), []);
  }),
);

t.test(
  'when there are many, a sample of them is shown, and the others are counted',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const recorded = new Recorded(client, { maxCallsPerSecond: 4 });
    const peer = client.peer(raw.address);
    for (let index = 0; index < 1_000; index += 1) peer.notify('moved', [index]);
    await world.clock.advance(1_000);
    const shown = recorded.of('notification').length;
    t.ok(shown < 50, `${shown} are shown`);
    t.equal(shown + (recorded.counts.skipped.notifications ?? 0), 1_000);
  }),
);

import t, { type Test } from 'tap';
import { AddressError } from '../../src/address/address.js';
import { Doors } from '../../src/cluster/doors.js';
import { ClusterMember } from '../../src/cluster/member.js';
import type { WorkerMessage } from '../../src/cluster/message.js';
import { Inbox } from '../fixtures/inbox.js';

function member(t: Test, slot = 0, workers = 1) {
  const said: (WorkerMessage | 'disconnect')[] = [];
  const made = new ClusterMember({ rpcudp: 'welcome', slot, workers, seed: 7 }, new Doors(), {
    send: (message) => said.push(message),
    disconnect: () => said.push('disconnect'),
  });
  t.teardown(() => made.leave());
  return { member: made, said };
}

t.test('the primary is told what is opened and closed, with different keys', async (t) => {
  const { member: worker, said } = member(t, 1, 4);
  t.match(worker, { slot: 1, workers: 4 });
  const transports = [0, 1].map((port) => worker.transport({ host: '127.0.0.1', port }));
  await transports[1]?.close();
  t.strictSame(said, [], 'a transport that was never open is not closed');
  const address = await transports[0]!.open(new Inbox());
  const second = worker.transport({ host: '127.0.0.1', port: 0 });
  await second.open(new Inbox());
  const [one, other] = said as { rpcudp: string; door: { port: number; key: string } }[];
  t.match(one, { rpcudp: 'opened', address, door: { key: /^[0-9a-f]{32}$/ } });
  t.not(one?.door.key, other?.door.key);
  t.not(one?.door.port, other?.door.port);
  said.length = 0;
  await transports[0]!.close();
  await second.close();
  t.strictSame(said[0], { rpcudp: 'closed', address });
  t.equal(said.length, 2);
});

t.test('the transport shares its port, so an endpoint with it makes no calls', async (t) => {
  t.equal(member(t).member.transport({ port: 0 }).sharesPort, true);
});

t.test('an address that cannot be bound is refused', async (t) => {
  const { member: worker } = member(t);
  t.throws(() => worker.transport({ port: -1 }), AddressError);
  t.throws(() => worker.transport({ host: 'localhost', port: 1 }), AddressError);
});

t.test('a transport that is being opened during the close is not opened', async (t) => {
  const { member: worker, said } = member(t);
  const transport = worker.transport({ host: '127.0.0.1', port: 0 });
  const inbox = new Inbox();
  const opened = transport.open(inbox);
  const left = worker.leave();
  await t.rejects(opened, { code: 'ERR_RPCUDP_CLUSTER', message: 'The cluster is closed' });
  await left;
  t.strictSame(said, ['disconnect'], 'the primary has not heard of it');
  t.strictSame(inbox.failures, []);
});

t.test('at the close all listeners are awaited, and then what is still open fails', async (t) => {
  const { member: worker, said } = member(t);
  const inbox = new Inbox();
  const closed = worker.transport({ host: '127.0.0.1', port: 0 });
  const forgotten = worker.transport({ host: '127.0.0.1', port: 0 });
  await closed.open(new Inbox());
  await forgotten.open(inbox);
  const unopened = worker.transport({ host: '127.0.0.1', port: 0 });
  const warned: string[] = [];
  const onWarning = ({ message }: Error) => warned.push(message);
  process.on('warning', onWarning);
  t.teardown(() => process.off('warning', onWarning));
  const steps: string[] = [];
  worker.onClose(async () => {
    await closed.close();
    steps.push('closed one');
  });
  worker.onClose(() => {
    throw new Error('planted');
  });
  const left = worker.leave();
  worker.onClose(() => steps.push('too late to wait for'));
  t.throws(() => worker.transport({ port: 0 }), {
    code: 'ERR_RPCUDP_CLUSTER',
    message: 'The cluster is closed',
  });
  t.notOk(said.includes('disconnect'));
  await left;
  t.strictSame(steps, ['too late to wait for', 'closed one']);
  t.equal(said.at(-1), 'disconnect');
  t.match(inbox.failures, [{ code: 'ERR_RPCUDP_CLUSTER', message: 'The cluster is closed' }]);
  await t.rejects(unopened.open(new Inbox()), { code: 'ERR_RPCUDP_CLUSTER' });
  await worker.leave();
  t.equal(said.filter((one) => one === 'disconnect').length, 1);
  await new Promise(setImmediate);
  t.strictSame(warned, ['planted'], 'an error of a listener is a warning');
});

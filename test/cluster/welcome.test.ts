import t from 'tap';
import type { PrimaryMessage, WorkerMessage } from '../../src/cluster/message.js';
import { welcomed } from '../../src/cluster/welcome.js';
import { SimulatedClock } from '../../src/testing/clock.js';

const WELCOME = { rpcudp: 'welcome', slot: 1, workers: 3, seed: 7 } as const;

function channel() {
  const said: (WorkerMessage | 'disconnect')[] = [];
  let hearing: ((message: PrimaryMessage) => void) | undefined;
  return {
    said,
    hear: (message: PrimaryMessage) => hearing?.(message),
    send: (message: WorkerMessage) => said.push(message),
    disconnect: () => said.push('disconnect'),
    listen: (hear: (message: PrimaryMessage) => void) => {
      hearing = hear;
    },
  };
}

t.test('a worker asks, and becomes a member when it is welcomed', async (t) => {
  const clock = new SimulatedClock();
  const { said, hear, ...primary } = channel();
  const member = welcomed(primary, clock);
  t.strictSame(said, [{ rpcudp: 'join' }]);
  hear(WELCOME);
  t.match(await member, { slot: 1, workers: 3 });
  t.equal(clock.pendingTimers, 0);
  hear({ rpcudp: 'close' });
  await new Promise(setImmediate);
  t.equal(said.at(-1), 'disconnect');
});

t.test('a worker gives up after 10 s when the primary does not answer', async (t) => {
  const clock = new SimulatedClock();
  const { hear, ...primary } = channel();
  const member = welcomed(primary, clock);
  const rejected = t.rejects(member, {
    code: 'ERR_RPCUDP_CLUSTER',
    message: 'The primary did not answer within 10000 ms',
  });
  hear({ rpcudp: 'close' });
  await clock.advance(9_999);
  t.equal(clock.pendingTimers, 1);
  await clock.advance(1);
  await rejected;
});

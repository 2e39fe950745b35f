/** The promises of an endpoint also hold when its limits are high. */
import t from 'tap';
import { TooManyCallsError } from '../../src/errors.js';
import type { Endpoint } from '../../src/api/endpoint.js';
import { ScriptedTransport } from '../fixtures/scripted-transport.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

const CALLS = 100_000;
const ANSWERED_CALLS = 30_000;
const TIMEOUT_MS = 5_000;
const LINGER_MS = 10_000;
const MAX_LINGERING = 4_096;
const HOST = '10.0.0.1';
const PORT = 9;

/** An endpoint that allows this many calls, with a transport that keeps what it sends. */
async function openWide(world: World): Promise<{ client: Endpoint; transport: ScriptedTransport }> {
  const transport = new ScriptedTransport();
  const client = await world.endpoint({
    transport,
    timeoutMs: TIMEOUT_MS,
    lingerMs: LINGER_MS,
    maxLingering: MAX_LINGERING,
    maxOutstanding: CALLS,
    // One more, so that the window does not hold a call back.
    initialWindow: CALLS + 1,
    window: CALLS + 1,
    // The test reads each datagram as one frame.
    maxBundleBytes: 0,
  });
  return { client, transport };
}

function nowOf(client: Endpoint): Record<string, number> {
  const { inFlightNow, lingeringNow, queuedNow } = client.stats();
  return { inFlightNow, lingeringNow, queuedNow };
}

t.test(
  `${CALLS} outstanding calls time out, and one more call is unsent, with the name of the limit`,
  inWorld(
    async (t, world) => {
      const { client, transport } = await openWide(world);
      const peer = client.peer(`${HOST}:${PORT}`);
      let timedOut = 0;
      peer.on('call.timedOut', () => (timedOut += 1));
      for (let made = 0; made < CALLS; made += 1) peer.call('echo', [made]);
      const refused = await peer.call('echo', [CALLS]);
      t.match(refused, { state: 'unsent', executed: 'no', error: TooManyCallsError });
      t.match(refused, { error: { message: /100000 calls.*maxOutstanding/ } });
      t.strictSame(nowOf(client), { inFlightNow: CALLS, lingeringNow: 0, queuedNow: 0 });

      for (const { done } of transport.sent.splice(0)) done(null);
      // All fall due at once, which is the worst case.
      world.clock.stall(TIMEOUT_MS);
      await world.clock.advance(LINGER_MS / 2);
      t.equal(timedOut, CALLS, 'each call has its outcome');
      t.match(client.stats().outcomes, { timedOut: CALLS, unsent: 1 });
      const lingering = { inFlightNow: 0, lingeringNow: MAX_LINGERING, queuedNow: 0 };
      t.strictSame(nowOf(client), lingering, 'some still know a late answer');

      world.clock.stall(LINGER_MS);
      await world.clock.advance(0);
      t.strictSame(nowOf(client), { inFlightNow: 0, lingeringNow: 0, queuedNow: 0 });
      const next = peer.call('echo', []);
      t.equal(client.stats().inFlightNow, 1, 'there is room again');
      next.cancel();
    },
    { watched: false },
  ),
);

t.test(
  `each of ${ANSWERED_CALLS} outstanding calls gets its own answer, the last call first`,
  inWorld(
    async (t, world) => {
      const { client, transport } = await openWide(world);
      const peer = client.peer(`${HOST}:${PORT}`);
      let right = 0;
      for (let made = 0; made < ANSWERED_CALLS; made += 1) {
        const value = made % 128;
        void peer.call('echo', [value]).then((outcome) => {
          if (outcome.state === 'resolved' && outcome.value === value) right += 1;
        });
      }
      for (const [index, { datagram, done }] of [...transport.sent.entries()].reverse()) {
        done(null);
        // The msgpack form of a number up to 127 is the number itself.
        const answer = Buffer.concat([datagram.subarray(0, 21), Buffer.of(index % 128)]);
        answer[0] = 1;
        transport.receiver?.datagramReceived(answer, HOST, PORT);
      }
      await world.settle();
      t.equal(right, ANSWERED_CALLS);
      t.strictSame(nowOf(client), { inFlightNow: 0, lingeringNow: 0, queuedNow: 0 });
    },
    { watched: false },
  ),
);

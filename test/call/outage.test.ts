/** Calls while their peer is out of reach for a time: a restart, or a change of network. */
import t from 'tap';
import { defineContract } from '../../src/contract/contract.js';
import { World } from '../fixtures/world.js';

const TIMEOUT_MS = 5_000;
/** More round trips than it takes to know the path. */
const ROUND_TRIPS = 20;

/**
 * Makes a call to a known rpcudp endpoint that cannot be reached for half of the time-out, of which
 * `share` has passed when the call is made.
 */
async function callInOutage(seed: number, share: number, idempotent: boolean) {
  const world = new World({ seed, watched: false, delayMs: { min: 1, max: 3 } });
  const contract = defineContract({ ping: { idempotent } });
  let runs = 0;
  const server = await world.endpoint({ contract, handlers: { ping: () => ++runs } });
  const client = await world.endpoint({ timeoutMs: TIMEOUT_MS });
  const peer = client.peer(server.address, contract);
  for (let left = ROUND_TRIPS; left > 0; left--) await world.clock.runUntil(peer.call('ping'));
  const [here, there] = [client.address.host, server.address.host];
  world.network.partition(here, there);
  const outageMs = TIMEOUT_MS / 2;
  await world.clock.advance(share * outageMs);
  const call = peer.call('ping');
  await world.clock.advance((1 - share) * outageMs);
  world.network.heal(here, there);
  const { state, attempts } = await world.clock.runUntil(call);
  const left = await world.end();
  return { state, attempts, ran: runs - ROUND_TRIPS, left };
}

for (const idempotent of [false, true]) {
  const kind = idempotent ? 'an idempotent' : 'any other';
  t.test(`an outage of half of its time-out loses no call of ${kind} procedure`, async (t) => {
    for (let seed = 1; seed <= 20; seed++) {
      for (const share of [0, 0.3, 0.6, 0.9]) {
        const { attempts, ...result } = await callInOutage(seed, share, idempotent);
        const expected = { state: 'resolved', ran: 1, left: [] };
        t.same(result, expected, `${share} of it had passed (seed ${seed})`);
        // Gaps of 200 to 300 ms at least, twice as long each time.
        t.ok(attempts >= 2 && attempts <= 7, `sent ${attempts} times`);
      }
    }
  });
}

t.test('calls that are made during an outage do not delay each other beyond it', async (t) => {
  const world = new World({ seed: 1, watched: false, delayMs: { min: 1, max: 3 } });
  const server = await world.endpoint({ handlers: { ping: () => 'pong' } });
  const client = await world.endpoint({ timeoutMs: TIMEOUT_MS });
  const peer = client.peer(server.address);
  for (let left = ROUND_TRIPS; left > 0; left--) await world.clock.runUntil(peer.call('ping'));
  const [here, there] = [client.address.host, server.address.host];
  world.network.partition(here, there);
  const calls = [];
  for (let atMs = 0; atMs < TIMEOUT_MS / 2; atMs += 250) {
    calls.push(peer.call('ping'));
    await world.clock.advance(250);
  }
  world.network.heal(here, there);
  for (const [index, call] of calls.entries()) {
    t.match(await world.clock.runUntil(call), { state: 'resolved' }, `call ${index}`);
  }
  t.strictSame(await world.end(), []);
});

/** What those learn who measure an endpoint: names of a bounded number, and endings with times. */
import t from 'tap';
import type { RequestEnding } from '../../src/api/request-ending.js';
import type { Meter } from '../../src/engine/meters.js';
import { measuresOf } from '../../src/endpoint/measured-endpoint.js';
import type { AnyEndpoint } from '../../src/api/endpoint.js';
import { request } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

type Measured = readonly [name: string | undefined, how: string, durationMs: number | undefined];

class ListingMeter implements Meter {
  readonly calls: Measured[] = [];
  readonly requests: Measured[] = [];

  callSettled(procedure: string, { state }: { state: string }, durationMs: number): void {
    this.calls.push([procedure, state, durationMs]);
  }

  requestSettled(
    procedure: string | undefined,
    ending: RequestEnding,
    durationMs: number | undefined,
  ): void {
    this.requests.push([procedure, ending, durationMs]);
  }
}

function measured(endpoint: AnyEndpoint) {
  const meter = new ListingMeter();
  const measuring = measuresOf(endpoint).meters.attach(meter);
  const stop = (): void => {
    measuring.unsubscribe();
  };
  return { calls: meter.calls, requests: meter.requests, stop };
}

t.test(
  'a call is measured from its making to its outcome, a request from its arrival to its end',
  inWorld(
    async (t, world) => {
      const server = await world.endpoint({
        handlers: {
          at: () => 1,
          later: () => new Promise((resolve) => world.clock.setTimeout(() => resolve(1), 7)),
        },
      });
      const client = await world.endpoint({ timeoutMs: 500 });
      const [ofServer, ofClient] = [measured(server), measured(client)];
      const peer = client.peer(server.address);
      await world.clock.runUntil(peer.call('at'));
      await world.clock.runUntil(peer.call('later'));
      await world.clock.runUntil(peer.call('none'));
      peer.call('at').cancel();
      await world.clock.runUntil(client.peer('10.9.9.9:9').call('at'));
      t.strictSame(ofClient.calls, [
        ['at', 'resolved', 40],
        ['later', 'resolved', 47],
        ['none', 'rejected', 40],
        ['at', 'cancelled', 0],
        ['at', 'timedOut', 500],
      ]);
      t.strictSame(ofServer.requests, [
        ['at', 'replied', 0],
        ['later', 'replied', 7],
        [undefined, 'unknownProcedure', undefined],
        // The call was cancelled after its request had left.
        ['at', 'replied', 0],
      ]);
      ofServer.stop();
      ofClient.stop();
      await world.clock.runUntil(peer.call('at'));
      t.strictSame([ofServer.requests.length, ofClient.calls.length], [4, 5], 'not any more');
    },
    { delayMs: { min: 20, max: 20 } },
  ),
);

t.test(
  'a repetition is measured without the time of the request that it repeats',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { at: () => 1 } });
    const { requests } = measured(server);
    const raw = await world.raw();
    for (let count = 0; count < 2; count += 1) {
      raw.send(request(1, 'at'), server.address);
      await world.settle();
    }
    t.strictSame(requests, [
      ['at', 'replied', 0],
      ['at', 'replayed', undefined],
    ]);
  }),
);

t.test(
  'the first 64 names that are called are told apart, and all others are one',
  inWorld(async (t, world) => {
    const client = await world.endpoint();
    const { calls } = measured(client);
    const peer = client.peer('10.9.9.9:9');
    for (let count = 0; count < 70; count += 1) peer.call(`name ${count}`).cancel();
    peer.call('name 3').cancel();
    t.equal(new Set(calls.map(([name]) => name)).size, 65);
    t.equal(calls.at(-2)?.[0], '(others)');
    t.equal(calls.at(-1)?.[0], 'name 3');
  }),
);

t.test(
  'a meter that throws is reported, and the others and the endpoint go on',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { at: () => 1 } });
    const failing = (): never => {
      throw new Error('planted');
    };
    measuresOf(server).meters.attach({ callSettled: failing, requestSettled: failing });
    const { requests, calls } = measured(server);
    t.match(await world.clock.runUntil(server.peer(server.address).call('at')), { value: 1 });
    t.strictSame([requests.length, calls.length], [1, 1]);
    t.match(world.errors.splice(0), [{ message: 'planted' }, { message: 'planted' }]);
  }),
);

t.test('only an endpoint can be measured', async (t) => {
  t.throws(() => measuresOf({} as AnyEndpoint), { name: 'OptionError', message: /createEndpoint/ });
});

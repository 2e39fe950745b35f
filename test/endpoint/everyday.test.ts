/** The endpoint's contract, over UDP on this machine and over the network in memory. */
import t from 'tap';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { endpointContract } from '../fixtures/endpoint-contract.js';
import { World } from '../fixtures/world.js';

t.test('over UDP', async (t) => {
  endpointContract(t, {
    endpoint: async (t, options) => {
      const endpoint = await createEndpoint({ host: '127.0.0.1', ...options });
      t.teardown(() => endpoint.close());
      return endpoint;
    },
    until: async (promise) => promise,
  });
});

t.test('in memory', async (t) => {
  const world = new World();
  endpointContract(t, {
    endpoint: (_t, options) => world.endpoint(options),
    until: (promise) => world.clock.runUntil(promise),
  });
  t.test('then nothing is left', async (t) => {
    t.strictSame(await world.end(), []);
  });
});

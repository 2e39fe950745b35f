/** The procedures of a node. */
import type { NodeApi } from './api.js';
import type { Members } from './members.js';
import type { Store } from './store.js';

export function nodeHandlers(store: Store, members: Members): NodeApi {
  return {
    async exchange({ peer }, addresses, digest) {
      members.learn(addresses);
      const news = { members: members.list(), entries: store.newerThan(digest) };
      if (store.isBehind(digest)) {
        // The caller is of the same kind, so it can be asked.
        const outcome = await peer.call('newerThan', [store.digest()]);
        if (outcome.state === 'resolved') store.merge(outcome.value);
      }
      return news;
    },
    newerThan: (_, digest) => store.newerThan(digest),
    put: (_, key, value) => store.put(key, value).stamp,
    get: async ({ signal }, key, atLeast) => (await store.until(key, atLeast, signal)).value,
  };
}

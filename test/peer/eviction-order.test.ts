/** The eviction order takes the same number of steps for any number of peers. */
import t from 'tap';
import { Origins } from '../../src/handler/origin.js';
import { EvictionOrder } from '../../src/peer/eviction-order.js';
import type { Evictable } from '../../src/peer/eviction-order.js';

/** A peer that counts how often it is looked at. */
class FakePeer implements Evictable<FakePeer> {
  static looks = 0;
  list: object | undefined;
  previous: FakePeer | undefined;
  strangers: Evictable<FakePeer>['strangers'];
  #next: FakePeer | undefined;
  readonly origin;
  #friend: boolean;
  #inUse: boolean;

  constructor(origins: Origins, host: string, friend: boolean, inUse: boolean) {
    this.origin = origins.take(host);
    this.#friend = friend;
    this.#inUse = inUse;
  }

  get next(): FakePeer | undefined {
    FakePeer.looks += 1;
    return this.#next;
  }

  set next(next: FakePeer | undefined) {
    this.#next = next;
  }

  get friend(): boolean {
    FakePeer.looks += 1;
    return this.#friend;
  }

  set friend(friend: boolean) {
    this.#friend = friend;
  }

  get inUse(): boolean {
    FakePeer.looks += 1;
    return this.#inUse;
  }

  set inUse(inUse: boolean) {
    this.#inUse = inUse;
  }
}

const hostOf = (number: number) => `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;

/** How many peers are looked at to find the first one, and to give it up for another. */
function looksOf(count: number, friend: boolean, inUse: boolean): number {
  const origins = new Origins();
  const order = new EvictionOrder<FakePeer>(count, count);
  for (let number = 0; number < count; number++) {
    order.add(new FakePeer(origins, hostOf(number), friend, inUse));
  }
  const next = new FakePeer(origins, '192.0.2.1', false, false);
  FakePeer.looks = 0;
  for (const first of [order.firstForUser(), order.firstForStranger(next.origin)]) {
    if (first !== undefined) order.remove(first);
  }
  order.add(next);
  return FakePeer.looks;
}

for (const [what, friend, inUse] of [
  ['strangers', false, false],
  ['friends', true, false],
  ['peers in use', true, true],
] as const) {
  t.test(`room is found among ${what}, or not, without a look at the others`, async (t) => {
    t.equal(looksOf(20_000, friend, inUse), looksOf(100, friend, inUse));
    t.ok(looksOf(100, friend, inUse) < 20);
  });
}

t.test(
  'a peer that came into use is looked at once, and goes last when it is free again',
  async (t) => {
    const origins = new Origins();
    const order = new EvictionOrder<FakePeer>(100, 100);
    for (const friend of [true, false]) {
      const peers = [1, 2, 3].map((number) => new FakePeer(origins, hostOf(number), friend, false));
      const [first, second, third] = peers as [FakePeer, FakePeer, FakePeer];
      for (const peer of peers) order.add(peer);
      for (const peer of [first, second]) peer.inUse = true;
      t.equal(order.firstForUser(), third);
      FakePeer.looks = 0;
      t.equal(order.firstForUser(), third);
      t.equal(FakePeer.looks, 1, 'only the one that is free');
      second.inUse = false;
      order.unused(second);
      t.equal(order.firstForUser(), third);
      third.inUse = true;
      t.equal(order.firstForUser(), second);
      second.inUse = true;
      t.equal(order.firstForUser(), undefined);
      for (const peer of [third, first]) {
        peer.inUse = false;
        order.unused(peer);
      }
      t.equal(order.firstForStranger(undefined), third);
      for (const peer of peers) order.remove(peer);
    }
  },
);

t.test('nothing is kept of peers that were removed', async (t) => {
  const origins = new Origins();
  const order = new EvictionOrder<FakePeer>(10, 5);
  const peers = [1, 2, 300].map((number) => new FakePeer(origins, hostOf(number), false, false));
  for (const peer of peers) order.add(peer);
  t.equal(origins.size, 5, 'three hosts in two networks');
  for (const peer of peers) {
    order.remove(peer);
    if (peer.origin !== undefined) origins.release(peer.origin);
  }
  t.equal(order.firstForUser(), undefined);
  t.equal(origins.size, 0);
});

/** The list that holds the calls, compared with an array after every operation. */
import fc from 'fast-check';
import t from 'tap';
import { LinkedList } from '../../src/call/linked-list.js';
import type { Linked } from '../../src/call/linked-list.js';

class Item implements Linked<Item> {
  list: object | undefined;
  previous: Item | undefined;
  next: Item | undefined;
}

t.test('it behaves as an array does, for any operations', (t) => {
  const operation = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), index: fc.nat(9) }),
    fc.record({ kind: fc.constant('delete' as const), index: fc.nat(9) }),
    fc.record({ kind: fc.constant('shift' as const), index: fc.constant(0) }),
  );
  const property = fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
    const items = Array.from({ length: 10 }, () => new Item());
    const list = new LinkedList<Item>();
    const model: Item[] = [];
    for (const { kind, index } of operations) {
      const item = items[index] as Item;
      const at = model.indexOf(item);
      if (kind === 'push' && at < 0) {
        list.push(item);
        model.push(item);
      } else if (kind === 'delete') {
        if (list.delete(item) !== at >= 0) return false;
        if (at >= 0) model.splice(at, 1);
      } else if (kind === 'shift' && list.shift() !== model.shift()) return false;
      const same = list.toArray().every((listed, place) => listed === model[place]);
      if (!same || list.size !== model.length || list.first !== model[0]) return false;
    }
    return true;
  });
  t.doesNotThrow(() => {
    fc.assert(property, { numRuns: 500 });
  });
  t.end();
});

t.test('an item of another list is not removed', (t) => {
  const here = new LinkedList<Item>();
  const there = new LinkedList<Item>();
  const item = new Item();
  there.push(item);
  t.equal(here.delete(item), false);
  t.equal(there.size, 1);
  t.end();
});

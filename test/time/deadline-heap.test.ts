import fc from 'fast-check';
import t from 'tap';
import { DeadlineHeap, type HeapEntry } from '../../src/time/deadline-heap.js';

const entries = (count: number): HeapEntry[] =>
  Array.from({ length: count }, () => ({ heapIndex: -1 }));

t.test('entries come out as from a stable sort, also if some are taken out before', async (t) => {
  const anyDeadlines = fc.array(fc.nat(30), { maxLength: 300, size: 'max' });
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(anyDeadlines, fc.nat(), (deadlines, salt) => {
        const heap = new DeadlineHeap();
        const all = entries(deadlines.length);
        all.forEach((entry, index) => {
          heap.set(entry, deadlines[index] ?? 0);
        });
        const isTakenOut = (index: number) => (index * 7 + salt) % 3 === 0;
        all.forEach((entry, index) => {
          if (isTakenOut(index)) heap.delete(entry);
        });
        const expected = [...all.keys()]
          .filter((index) => !isTakenOut(index))
          .sort((a, b) => (deadlines[a] ?? 0) - (deadlines[b] ?? 0) || a - b);
        if (heap.size !== expected.length) return false;
        return expected.every((index) => {
          const matches =
            heap.first === all[index] &&
            heap.firstDueMs === deadlines[index] &&
            heap.firstOrder === index;
          heap.delete(all[index] as HeapEntry);
          return matches && all[index]?.heapIndex === -1;
        });
      }),
    );
  });
});

t.test('setting an entry again moves it behind its equals', async (t) => {
  const heap = new DeadlineHeap();
  const [a, b] = entries(2) as [HeapEntry, HeapEntry];
  heap.set(a, 1);
  heap.set(b, 1);
  heap.set(a, 1);
  t.equal(heap.first, b);
  t.equal(heap.size, 2);
  t.equal(heap.nextOrder, 3);
});

t.test('an empty heap has no first entry, and clear empties it', async (t) => {
  const heap = new DeadlineHeap();
  const all = entries(5);
  for (const entry of all) heap.set(entry, 1);
  heap.clear();
  t.ok(all.every(({ heapIndex }) => heapIndex === -1));
  t.strictSame(
    [heap.size, heap.first, heap.firstDueMs, heap.firstOrder],
    [0, undefined, Infinity, Infinity],
  );
});

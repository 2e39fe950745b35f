import fc from 'fast-check';
import t from 'tap';
import { Fifo } from '../../src/inspector/fifo.js';

t.test('a queue behaves as an array does', (t) => {
  const property = fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (pushes) => {
    const queue = new Fifo<number>();
    const model: number[] = [];
    for (const [index, push] of pushes.entries()) {
      if (push) {
        queue.push(index);
        model.push(index);
      } else if (queue.shift() !== model.shift()) return false;
      if (queue.size !== model.length || queue.peek() !== model[0]) return false;
    }
    return true;
  });
  t.doesNotThrow(() => {
    fc.assert(property, { numRuns: 500 });
  });
  t.end();
});

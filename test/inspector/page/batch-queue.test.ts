import t from 'tap';

import { BatchQueue } from '../../../src/inspector/page/store/batch-queue.js';

const message = (position: number, reset = false) =>
  JSON.stringify({ hub: 'h', position, reset, records: [] });

t.test('batches come out as they went in', (t) => {
  const queue = new BatchQueue();
  queue.add(message(1, true));
  queue.add(message(2));
  const rest = { caughtUp: false, callsDropped: 0, records: [] };
  t.same(queue.take(), { hub: 'h', position: 1, reset: true, ...rest });
  t.same(queue.take(), { hub: 'h', position: 2, reset: false, ...rest });
  t.equal(queue.take(), undefined);
  t.end();
});

t.test('a full queue takes nothing more until something was taken out', (t) => {
  const queue = new BatchQueue(message(1).length + 5);
  t.ok(queue.add(message(1)));
  t.notOk(queue.add(message(2)));
  t.equal(queue.size, 1);
  queue.take();
  t.ok(queue.add(message(2)));
  queue.clear();
  t.equal(queue.size, 0);
  t.ok(queue.add(message(3)), 'and has all its room again');
  t.end();
});

t.test('a single message above the limit is taken, because otherwise nothing could go on', (t) => {
  t.ok(new BatchQueue(1).add(message(1)));
  t.end();
});

t.test('an invalid message is ignored', (t) => {
  const queue = new BatchQueue();
  for (const text of ['', '{', 'null', '[]', '{"hub":1}', '{"hub":"h","position":1}']) {
    queue.add(text);
    t.equal(queue.take(), undefined, text);
  }
  t.end();
});

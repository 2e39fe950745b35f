import t from 'tap';

import { Intake } from '../../../src/inspector/page/store/intake.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import { callRecord } from '../../fixtures/inspection-records.js';

function message(
  position: number,
  actors: readonly number[],
  reset = false,
  caughtUp = false,
): string {
  const records = actors.map((actor) => callRecord({ actor }));
  return JSON.stringify({ hub: 'h', position, reset, caughtUp, callsDropped: 7, records });
}

/** An intake, and what it did: beginnings, ends, and the actors whose records it applied. */
function intake(): { intake: Intake; done: unknown[] } {
  const done: unknown[] = [];
  const target = {
    retold: (missing: number) => done.push(`retold, ${missing} missing`),
    heard: () => done.push('heard'),
    apply: (record: InspectionRecord) => done.push((record as { actor?: number }).actor),
  };
  return { intake: new Intake(target), done };
}

t.test('records are applied in order, piece by piece, never of two batches at once', (t) => {
  const { intake: one, done } = intake();
  t.notOk(one.hasMore);
  t.notOk(one.apply(5));
  one.add(message(3, [1, 2, 3], true));
  one.add(message(5, [4, 5]));
  t.equal(one.waiting, 2);
  t.equal(one.position, undefined, 'from the beginning');
  t.ok(one.apply(2));
  t.same(done, ['retold, 7 missing', 1, 2]);
  t.equal(one.waiting, 1);
  t.same(one.position, { hub: 'h', position: 3 }, 'a batch that was begun does not come again');
  t.ok(one.apply(2));
  t.same(done.slice(3), [3]);
  t.ok(one.hasMore);
  one.apply(Infinity);
  t.same(done.slice(4), [4, 5]);
  t.notOk(one.hasMore);
  t.end();
});

t.test('a batch that was begun is finished, without beginning another', (t) => {
  const { intake: one, done } = intake();
  one.add(message(2, [1, 2]));
  one.finishBatch();
  t.same(done, []);
  one.apply(1);
  one.add(message(3, [3]));
  one.finishBatch();
  t.same(done, [1, 2]);
  t.equal(one.waiting, 1);
  t.end();
});

t.test('waiting batches are forgotten, the begun one is not', (t) => {
  const { intake: one, done } = intake();
  one.add(message(2, [1, 2]));
  one.add(message(3, [3]));
  one.apply(1);
  one.reopened();
  one.apply(Infinity);
  t.same(done, [1, 2]);
  t.notOk(one.hasMore);
  one.add(message(3, [3]));
  one.startAnew();
  t.notOk(one.hasMore);
  t.equal(one.position, undefined);
  t.end();
});

t.test('an invalid message is ignored', (t) => {
  const { intake: one, done } = intake();
  one.add('{');
  one.add(message(1, [1]));
  t.ok(one.apply(1));
  t.same(done, [1]);
  t.end();
});

t.test('it has caught up when all that the hub knew is applied, and hardly anything waits', (t) => {
  const { intake: one, done } = intake();
  one.add(message(2, [1, 2], true));
  one.add(message(3, [3], false, true));
  one.apply(Infinity);
  t.notOk(one.caughtUp);
  one.apply(Infinity);
  t.ok(one.caughtUp);
  t.same(done.at(-1), 'heard', 'after the last record');
  for (let position = 4; position < 24; position += 1) one.add(message(position, [1], false, true));
  t.ok(one.caughtUp, 'a second behind');
  one.add(message(24, [1], false, true));
  t.notOk(one.caughtUp);
  one.reopened();
  t.notOk(one.caughtUp, 'not before the hub has said so again');
  t.end();
});

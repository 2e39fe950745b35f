import t from 'tap';
import { WELL } from '../../src/inspector/kind.js';
import { Lanes } from '../../src/inspector/lanes.js';

interface Item {
  readonly kind: string;
  readonly number: number;
}

/** Keeps at most `limit` items, and returns how many of each kind are left at the end. */
function keep(limit: number, kinds: readonly string[]) {
  const lanes = new Lanes<Item>(() => 1);
  const left = new Map<string, number[]>();
  kinds.forEach((kind, number) => {
    lanes.add(kind, { kind, number });
    left.set(kind, [...(left.get(kind) ?? []), number]);
    if (lanes.size <= limit) return;
    const gone = lanes.shift();
    if (gone === undefined) return;
    const first = left.get(gone.kind)?.shift();
    if (first !== gone.number) throw new Error('not the oldest of its kind');
  });
  return (kind: string) => left.get(kind)?.length ?? 0;
}

const many = (kind: string, count: number) => Array.from({ length: count }, () => kind);

t.test('a storm of one kind evicts only itself', async (t) => {
  const left = keep(1_000, [
    ...many(WELL, 500),
    ...many('call rejected', 200),
    ...many('call unsent', 100_000),
  ]);
  t.equal(left(WELL), 500);
  t.equal(left('call rejected'), 200);
  t.equal(left('call unsent'), 300);
});

t.test('what went well comes back after a storm, and has eight times as much room', async (t) => {
  const left = keep(900, [...many('call unsent', 100_000), ...many(WELL, 100_000)]);
  t.equal(left('call unsent'), 100);
  t.equal(left(WELL), 800);
  const other = keep(900, [...many(WELL, 100_000), ...many('call unsent', 100_000)]);
  t.equal(other('call unsent'), 100);
});

t.test(
  'kinds without number are kept in one lane, and none of them pushes out others',
  async (t) => {
    const strange = Array.from({ length: 10_000 }, (_, number) => `rejected ${number}`);
    const lanes = new Lanes<string>(() => 1);
    for (const kind of [...many(WELL, 100), ...many('timedOut', 5), ...strange]) {
      lanes.add(kind, kind);
      if (lanes.size > 300) lanes.shift();
    }
    const left: string[] = [];
    for (let item = lanes.shift(); item !== undefined; item = lanes.shift()) left.push(item);
    t.equal(left.filter((kind) => kind === WELL).length, 100);
    t.equal(left.filter((kind) => kind === 'timedOut').length, 5);
    t.equal(lanes.cost, 0);
    t.equal(lanes.shift(), undefined);
  },
);

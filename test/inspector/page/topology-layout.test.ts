import t from 'tap';

import { Arranger } from '../../../src/inspector/page/live/arranger.js';
import {
  NODE_HEIGHT,
  NODE_WIDTH,
  TopologyLayout,
} from '../../../src/inspector/page/store/topology-layout.js';
import type { Place } from '../../../src/inspector/page/store/topology-layout.js';
import { stepFrom } from '../../../src/inspector/page/store/topology-steps.js';
import { SeededRandom } from '../../../src/testing/random.js';

interface Network {
  readonly keys: string[];
  readonly links: { from: string; to: string }[];
}

/** A few busy nodes, and others that call some of them. */
function network(nodes: number, hubs: number, seed = 3): Network {
  const random = new SeededRandom(seed, '/topology-layout');
  const keys = Array.from({ length: nodes }, (_, n) => `node ${n}`);
  const links = keys.flatMap((from) =>
    [1, 2].map(() => ({ from, to: `node ${Math.floor(random.unit() * hubs)}` })),
  );
  return { keys, links };
}

function arranged({ keys, links }: Network, layout = new TopologyLayout()): TopologyLayout {
  layout.update(keys, links);
  layout.run(() => 0, 1);
  return layout;
}

function placesOf({ places }: TopologyLayout): [string, Place][] {
  return [...places].sort(([a], [b]) => (a < b ? -1 : 1));
}

t.test('the same network looks the same, in whatever order it came', (t) => {
  const { keys, links } = network(40, 4);
  const there = arranged({ keys, links });
  const here = arranged({ keys: [...keys].reverse(), links });
  t.same(placesOf(here), placesOf(there));
  t.equal(there.places.size, 40);
  t.end();
});

t.test('of 200 nodes each has its own room', (t) => {
  for (const hubs of [1, 20, 200]) {
    const all = [...arranged(network(200, hubs)).places.values()];
    let overlaps = 0;
    all.forEach((a, index) => {
      for (const b of all.slice(index + 1)) {
        // The library pushes circles apart step by step, so that a few still touch.
        const apart = Math.hypot((a.x - b.x) / NODE_WIDTH, (a.y - b.y) / NODE_HEIGHT);
        if (apart < 0.85) overlaps += 1;
      }
    });
    t.equal(overlaps, 0, `${hubs} hubs`);
    const [width, height] = [
      Math.max(...all.map(({ x }) => x)) - Math.min(...all.map(({ x }) => x)),
      Math.max(...all.map(({ y }) => y)) - Math.min(...all.map(({ y }) => y)),
    ];
    t.ok(width < 4_000 && height < 2_500, `${hubs} hubs: ${width} × ${height} pixels`);
  }
  t.end();
});

t.test('nothing moves when links change, and others stay when a node comes or leaves', (t) => {
  const { keys, links } = network(30, 3);
  const layout = arranged({ keys, links });
  const before = new Map(layout.places);
  layout.update(keys, links.slice(5));
  t.ok(layout.isSettled);
  t.same(new Map(layout.places), before);
  arranged({ keys: [...keys, 'new'], links: [...links, { from: 'new', to: 'node 1' }] }, layout);
  const { x, y } = layout.places.get('new')!;
  t.ok(Number.isFinite(x) && Number.isFinite(y));
  t.same(new Map([...layout.places].filter(([key]) => key !== 'new')), before);
  layout.update(keys.slice(1), links);
  before.delete('node 0');
  t.same(new Map(layout.places), before);
  t.end();
});

t.test('all are arranged anew when there are twice as many, and when it is asked for', (t) => {
  const small = network(4, 1);
  const layout = arranged(small);
  const large = network(40, 4);
  arranged(large, layout);
  t.same(placesOf(layout), placesOf(arranged(large)));
  arranged({ keys: [...large.keys, 'new'], links: large.links }, layout);
  layout.forget();
  arranged(large, layout);
  t.same(placesOf(layout), placesOf(arranged(large)));
  t.end();
});

t.test('a link to itself, to nobody, and the same twice do no harm', (t) => {
  const links = [
    { from: 'a', to: 'a' },
    { from: 'a', to: 'gone' },
    { from: 'a', to: 'b' },
    { from: 'a', to: 'b' },
  ];
  t.equal(arranged({ keys: ['a', 'b', 'b'], links }).places.size, 2);
  t.equal(arranged({ keys: [], links }).places.size, 0);
  t.end();
});

t.test('it is arranged in slices, and the network that came meanwhile follows', (t) => {
  let nowMs = 0;
  const waiting: (() => void)[] = [];
  const frames = {
    next: (run: () => void) => waiting.push(run),
    // Each look at the clock takes a millisecond.
    nowMs: () => (nowMs += 1),
  };
  const arranger = new Arranger(new TopologyLayout(), frames);
  const { keys, links } = network(20, 2);
  arranger.arrange(keys, links);
  t.equal(arranger.layout.places.size, 0, 'nothing is done at once');
  let slices = 0;
  for (; waiting.length > 0; slices += 1) {
    t.ok(waiting.length === 1);
    arranger.arrange([...keys, 'new'], links);
    waiting.shift()?.();
  }
  t.ok(slices > 10, `${slices} slices`);
  t.equal(arranger.arranged.value, 1);
  t.equal(arranger.layout.places.size, 20);
  arranger.arrange([...keys, 'new'], links);
  while (waiting.length > 0) waiting.shift()?.();
  t.equal(arranger.layout.places.size, 21);
  t.end();
});

t.test('keys lead to the nearest node in their direction', (t) => {
  const places = new Map([
    ['middle', { x: 0, y: 0 }],
    ['right', { x: 100, y: 10 }],
    ['far right', { x: 300, y: 0 }],
    ['below', { x: 60, y: 90 }],
    ['above', { x: -20, y: -80 }],
  ]);
  const from = (at: string, key: string) => stepFrom(at, key, places);
  t.equal(from('middle', 'ArrowRight'), 'right');
  t.equal(from('right', 'ArrowRight'), 'far right');
  t.equal(from('far right', 'ArrowRight'), undefined);
  t.equal(from('middle', 'ArrowDown'), 'below');
  t.equal(from('middle', 'ArrowUp'), 'above');
  t.equal(from('right', 'ArrowLeft'), 'middle');
  t.equal(from('below', 'Home'), 'above');
  t.equal(from('above', 'End'), 'below');
  t.equal(from('gone', 'ArrowUp'), undefined);
  t.equal(from('middle', 'x'), undefined);
  t.end();
});

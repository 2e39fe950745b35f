/**
 * Topology layout: where the nodes are. A network that is arranged as a whole always looks the same.
 * Numbers that change move nothing, and a node that comes is placed among the others, which stay.
 * Only when there are more than twice as many as before, all are arranged anew.
 */
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from 'd3-force';
import type { Simulation, SimulationLinkDatum, SimulationNodeDatum } from 'd3-force';

export interface Place {
  readonly x: number;
  readonly y: number;
}

interface Body extends SimulationNodeDatum {
  readonly key: string;
}

type Forces = Simulation<Body, SimulationLinkDatum<Body>>;
type Ends = readonly { readonly from: string; readonly to: string }[];

/** The room of a node with its name: twice as wide as high. */
export const NODE_WIDTH = 118;
export const NODE_HEIGHT = 54;
/** The forces know only circles, so they work on a plane that is stretched afterwards. */
const STRETCH = NODE_WIDTH / NODE_HEIGHT;

const STEPS = 160;

export class TopologyLayout {
  #places: ReadonlyMap<string, Place> = new Map();
  /** How many nodes there were when all were arranged. */
  #arranged = 0;
  #forces: Forces | undefined;
  #stepsLeft = 0;

  /** The nodes that have a place, in pixels. */
  get places(): ReadonlyMap<string, Place> {
    return this.#places;
  }

  get isSettled(): boolean {
    return this.#forces === undefined;
  }

  /** Begins to arrange nodes that have no place. Links alone move nothing. */
  update(keys: readonly string[], links: Ends): void {
    if (this.#forces !== undefined) return;
    const wanted = new Set(keys);
    if ([...this.#places.keys()].some((key) => !wanted.has(key))) {
      this.#places = new Map([...this.#places].filter(([key]) => wanted.has(key)));
    }
    if (this.#places.size === wanted.size) return;
    const stay = wanted.size <= 2 * this.#arranged ? this.#places : new Map<string, Place>();
    if (stay.size === 0) this.#arranged = wanted.size;
    this.#forces = forcesOf([...wanted].sort(), links, stay);
    this.#stepsLeft = STEPS;
  }

  /** Arranges all nodes anew at the next update. */
  forget(): void {
    this.#forces = undefined;
    this.#places = new Map();
    this.#arranged = 0;
  }

  /** Goes on for at most this long. */
  run(nowMs: () => number, sliceMs: number): void {
    const endMs = nowMs() + sliceMs;
    while (this.#forces !== undefined && nowMs() < endMs) this.#step(this.#forces);
  }

  #step(forces: Forces): void {
    forces.tick();
    this.#stepsLeft -= 1;
    if (this.#stepsLeft > 0) return;
    this.#forces = undefined;
    const places = forces
      .nodes()
      .map(({ key, x = 0, y = 0 }): [string, Place] => [
        key,
        { x: Math.round(x * STRETCH), y: Math.round(y) },
      ]);
    this.#places = new Map(places);
  }
}

/** @param stay the places of nodes that do not move */
function forcesOf(keys: readonly string[], links: Ends, stay: ReadonlyMap<string, Place>): Forces {
  const bodies = new Map(keys.map((key): [string, Body] => [key, { key }]));
  for (const [key, { x, y }] of stay) {
    const body = bodies.get(key);
    if (body !== undefined) Object.assign(body, { fx: x / STRETCH, fy: y });
  }
  const ends = links.flatMap(({ from, to }) => {
    const [source, target] = [bodies.get(from), bodies.get(to)];
    return source === undefined || target === undefined || source === target
      ? []
      : [{ source, target }];
  });
  for (const { source, target } of ends) {
    putNear(source, target);
    putNear(target, source);
  }
  // Between few nodes there is room for the numbers of links.
  const distance = NODE_HEIGHT * (1.6 + 6 / Math.max(1, keys.length));
  // Without other numbers the library draws its random ones from a fixed seed.
  return forceSimulation<Body, SimulationLinkDatum<Body>>([...bodies.values()])
    .stop()
    .alphaDecay(1 - 0.001 ** (1 / STEPS))
    .force('link', forceLink<Body, SimulationLinkDatum<Body>>(ends).distance(distance))
    .force('charge', forceManyBody<Body>().strength(-90).distanceMax(500))
    .force('collide', forceCollide<Body>(NODE_HEIGHT / 2).iterations(3))
    .force('x', forceX<Body>().strength(0.05))
    .force('y', forceY<Body>().strength(0.07));
}

/** A node that comes begins beside one that has a place. */
function putNear(body: Body, other: Body): void {
  if (body.fx !== undefined || other.fx === undefined || body.x !== undefined) return;
  Object.assign(body, { x: Number(other.fx) + 1, y: Number(other.fy) + 1 });
}

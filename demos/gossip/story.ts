/** Story: what the gossip demo does with its nodes. It prints what happens, and throws if it must not. */
import type { AnyEndpoint, PeerOf } from 'rpcudp';
import { seconds } from '../command-line.js';
import type { NodeApi } from './api.js';
import type { Community } from './community.js';
import type { NodeProcess } from './node-process.js';

const ORBITS = {
  mercury: '88 days',
  venus: '225 days',
  earth: '365 days',
  mars: '687 days',
  jupiter: '12 years',
  saturn: '29 years',
  uranus: '84 years',
  neptune: '165 years',
};

/** What was written last, and by which write. Bounded by the keys that the story has. */
type Written = Map<string, { readonly value: string; readonly stamp: string }>;

export class Story {
  readonly #community: Community;
  readonly #client: AnyEndpoint;
  readonly #written: Written = new Map();

  /** @param client calls the nodes, to write and to read */
  constructor(community: Community, client: AnyEndpoint) {
    this.#community = community;
    this.#client = client;
  }

  /** The five start, and find each other. */
  async begins(): Promise<void> {
    const { nodes } = this.#community;
    const first = this.#community.node(0);
    const rest = this.#community.others(first);
    await first.start('');
    await Promise.all(rest.map((node) => node.start(first.address)));
    for (const { name, address, processId } of nodes) {
      console.log(`${name} is process ${processId} at ${address}`);
    }
    const tookMs = await this.#community.until('all know all others', () =>
      nodes.every((node) => this.#community.others(node).every((other) => node.knows(other))),
    );
    console.log(`Of the others, each knew A alone. After ${seconds(tookMs)} all know all.`);
  }

  /** One round: writes and reads, a node that is killed, and that comes back. */
  async goesOn(round: number): Promise<void> {
    const [writer, victim, other, reader] = [0, 2, 3, 4].map((step) =>
      this.#community.node(round + step),
    ) as [NodeProcess, NodeProcess, NodeProcess, NodeProcess];

    console.log(`\n${Object.keys(ORBITS).length} keys are written through ${writer.name}`);
    for (const [key, value] of Object.entries(ORBITS)) await this.#write(writer, key, value);
    await this.#readAll(reader);

    console.log(`\n${victim.name} is killed`);
    await victim.kill();
    const others = this.#community.others(victim);
    const noticedMs = await this.#community.until(`all find ${victim.name} silent`, () =>
      others.every((node) => node.finds(victim, 'silent')),
    );
    console.log(`After ${seconds(noticedMs)} all others have noticed`);
    await this.#write(other, 'pluto', '248 years');
    await this.#write(other, 'earth', '365.25 days');
    console.log(`Meanwhile ${other.name} takes a new key, and a new value of an old one`);
    await this.#readAll(reader);

    await victim.start(reader.address);
    console.log(
      `\n${victim.name} is started again as process ${victim.processId}, with an empty store`,
    );
    await this.#community.until(`all hear ${victim.name} again`, () =>
      others.every((node) => node.finds(victim, 'responsive')),
    );
    await this.#readAll(victim);
    console.log(`${victim.name} has caught up`);
  }

  async #write(node: NodeProcess, key: string, value: string): Promise<void> {
    const stamp = await this.#peer(node).call('put', [key, value]).value();
    this.#written.set(key, { value, stamp });
  }

  /** Reads all that was written. Each value comes when the node has it. */
  async #readAll(node: NodeProcess): Promise<void> {
    const beganAtMs = performance.now();
    for (const [key, { value, stamp }] of this.#written) {
      const found = await this.#peer(node).call('get', [key, stamp]).value();
      if (found !== value) throw new Error(`${node.name} has ${key} = ${found}, not ${value}`);
    }
    const tookMs = performance.now() - beganAtMs;
    const earth = this.#written.get('earth')?.value ?? '';
    console.log(
      `All ${this.#written.size} are read through ${node.name} in ${seconds(tookMs)}: earth = ${earth}, …`,
    );
  }

  #peer(node: NodeProcess): PeerOf<NodeApi> {
    return this.#client.peer<NodeApi>(node.address);
  }
}

/** Member: one endpoint of a crowd, what it serves, and whom it calls. */
import { createEndpoint } from 'rpcudp';
import type { Endpoint, Transport } from 'rpcudp';
import type { SeededRandom } from 'rpcudp/testing';
import type { World } from './crowd.js';
import { losingWhatIsSent, sendingFrom } from './ill-transports.js';
import type { Illness } from './illness.js';
import { openOldServer } from './old-server.js';

/** Calls are made in bursts, as programs make them. */
const BURST = 4;
const PAUSE_MS = 1_600;
const TIMEOUT_MS = 1_500;

/** How long a procedure runs: a look-up on a disk, and one on a disk that is worn out. */
const WORK_MS = 20;
const SLOW_WORK_MS = 700;
const LOST_SHARE = 0.4;
/** It runs so long, and is away so long. */
const UP_MS = 6_000;
const DOWN_MS = 4_000;

interface Procedures {
  find(scope: unknown, key: string): Promise<string>;
  store(scope: unknown, key: string, value: string): Promise<boolean>;
}

export class Member {
  readonly #world: World;
  readonly #name: string;
  readonly #illness: Illness | undefined;
  readonly #random: SeededRandom;
  #address = { host: '', port: 0 };
  /** Undefined while it is away, and if it is of an old version. */
  #endpoint: Endpoint<Procedures> | undefined;
  #oldServer: Transport | undefined;
  #opened = 0;
  #isStopped = false;

  private constructor(world: World, name: string, illness: Illness | undefined) {
    this.#world = world;
    this.#name = name;
    this.#illness = illness;
    this.#random = world.random.fork(name);
  }

  static async start(world: World, name: string, illness: Illness | undefined): Promise<Member> {
    const member = new Member(world, name, illness);
    await member.#open();
    return member;
  }

  get address(): string {
    return `${this.#address.host}:${this.#address.port}`;
  }

  /** Calls these addresses until `stop`. */
  async live(addresses: readonly string[]): Promise<void> {
    const restarting = this.#illness === 'restarted' ? this.#restartAgainAndAgain() : undefined;
    while (!this.#isStopped) {
      await this.#world.sleep(PAUSE_MS * (0.5 + this.#random.unit()));
      const address = addresses[Math.floor(this.#random.unit() * addresses.length)] as string;
      for (let made = 0; made < BURST; made += 1) this.#call(address, made);
    }
    await restarting;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async close(): Promise<void> {
    await Promise.all([this.#endpoint?.close(), this.#oldServer?.close()]);
  }

  #call(address: string, made: number): void {
    const peer = this.#endpoint?.peer<Procedures>(address);
    const key = `key ${Math.floor(this.#random.unit() * 100)}`;
    if (made % 2 === 0) void peer?.call('find', [key]);
    else void peer?.call('store', [key, 'value'], { headers: { token: this.#name } });
  }

  async #open(): Promise<void> {
    if (this.#illness === 'oldVersion') {
      this.#oldServer = this.#world.transport(0);
      this.#address = await openOldServer(this.#oldServer, async (procedure) => {
        await this.#work();
        return procedure === 'store' ? true : 'found';
      });
      return;
    }
    const { clock, random } = this.#world;
    this.#opened += 1;
    this.#endpoint = await createEndpoint<Procedures>({
      transport: this.#transport(),
      // One that is started again must not repeat its ids.
      random: random.fork(`${this.#name} ${this.#opened}`),
      clock,
      timeoutMs: TIMEOUT_MS,
      window: this.#illness === 'windowOfOne' ? 1 : undefined,
      handlers: {
        find: async (_, key) => {
          await this.#work();
          return `found ${key}`;
        },
        store: async () => {
          await this.#work();
          return true;
        },
      },
    });
    this.#address = this.#endpoint.address;
    this.#world.opened(this.#endpoint, this.#name);
  }

  #transport(): Transport {
    const transport = this.#world.transport(this.#address.port);
    switch (this.#illness) {
      case 'lossOneWay':
        return losingWhatIsSent(transport, this.#random.fork('loss'), LOST_SHARE);
      case 'answersElsewhere':
        return sendingFrom(this.#world.transport(0), transport);
      default:
        return transport;
    }
  }

  #work(): Promise<void> {
    const usualMs = this.#illness === 'slowHandler' ? SLOW_WORK_MS : WORK_MS;
    return this.#world.sleep(usualMs * (0.75 + this.#random.unit() / 2));
  }

  async #restartAgainAndAgain(): Promise<void> {
    for (;;) {
      await this.#world.sleep(UP_MS);
      if (this.#isStopped) return;
      const endpoint = this.#endpoint;
      this.#endpoint = undefined;
      await endpoint?.close({ graceMs: 0 });
      await this.#world.sleep(DOWN_MS);
      await this.#open();
    }
  }
}

/** Node process: a node as the main process sees it. It is started, killed and started again. */
import { formatAddress } from 'rpcudp';
import { Side } from '../side.js';
import type { NodeReport, NoticedHealth } from './report.js';

export class NodeProcess {
  readonly name: string;
  /** What it has told of each member since it was started. At most MAX_MEMBERS. */
  readonly #opinions = new Map<string, 'met' | NoticedHealth>();
  readonly #inspectorUrl: string;
  readonly #reported: (node: NodeProcess, report: NodeReport) => void;
  #side: Side | undefined;
  #starting: Promise<Side> | undefined;

  constructor(
    name: string,
    inspectorUrl: string,
    reported: (node: NodeProcess, report: NodeReport) => void,
  ) {
    this.name = name;
    this.#inspectorUrl = inspectorUrl;
    this.#reported = reported;
  }

  /** The address of the process, also when it is killed. Empty before it is started. */
  get address(): string {
    return this.#side === undefined ? '' : formatAddress(this.#side.address);
  }

  get processId(): number | undefined {
    return this.#side?.processId;
  }

  /** Starts the process, at the port that it had, if it had one. `seed` is a node that it may ask. */
  async start(seed: string): Promise<void> {
    this.#opinions.clear();
    const port = String(this.#side?.address.port ?? 0);
    const words = [this.name, port, seed, this.#inspectorUrl];
    this.#starting = Side.start(new URL('node.ts', import.meta.url), words, (message) => {
      const report = message as NodeReport;
      this.#opinions.set(report.member, report.type === 'met' ? 'met' : report.health);
      this.#reported(this, report);
    });
    this.#side = await this.#starting;
  }

  /** Ends the process at once: it tells nobody. */
  async kill(): Promise<void> {
    await this.#side?.kill('SIGKILL');
  }

  knows(other: NodeProcess): boolean {
    return this.#opinions.has(other.address);
  }

  /** Whether this is what it noticed last of another node. */
  finds(other: NodeProcess, health: NoticedHealth): boolean {
    return this.#opinions.get(other.address) === health;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const side = await this.#starting?.catch(() => undefined);
    await side?.[Symbol.asyncDispose]();
  }
}

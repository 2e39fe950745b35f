/** Community: the five nodes of the gossip demo, and what they tell. */
import { EventEmitter, once } from 'node:events';
import { seconds } from '../command-line.js';
import { NodeProcess } from './node-process.js';
import type { NodeReport } from './report.js';

const NAMES = ['A', 'B', 'C', 'D', 'E'] as const;
/** Far more than anything takes, also on a busy machine. What takes longer is an error. */
const PATIENCE_MS = 60_000;

export class Community {
  readonly nodes: readonly NodeProcess[];
  readonly #reports = new EventEmitter();
  readonly #stopped: AbortSignal;

  /**
   * @param inspectorUrl the page that shows the nodes, or an empty text
   * @param say prints a line
   * @param stopped aborts all waiting
   */
  constructor(inspectorUrl: string, say: (line: string) => void, stopped: AbortSignal) {
    this.#stopped = stopped;
    this.nodes = NAMES.map(
      (name) =>
        new NodeProcess(name, inspectorUrl, (node, report) => {
          const line = this.#lineOf(node, report);
          if (line !== undefined) say(line);
          this.#reports.emit('report');
        }),
    );
  }

  /** The node of this number. They go round. */
  node(number: number): NodeProcess {
    return this.nodes[number % this.nodes.length] as NodeProcess;
  }

  others(node: NodeProcess): NodeProcess[] {
    return this.nodes.filter((other) => other !== node);
  }

  /**
   * Resolves when something is so, with how long that took in milliseconds. It is asked after each
   * report of a node.
   *
   * @throws Error when it takes too long; AbortError when the demo is stopped.
   */
  async until(what: string, isSo: () => boolean): Promise<number> {
    const beganAtMs = performance.now();
    const tooLate = AbortSignal.timeout(PATIENCE_MS);
    const signal = AbortSignal.any([this.#stopped, tooLate]);
    try {
      while (!isSo()) await once(this.#reports, 'report', { signal });
    } catch (error) {
      throw tooLate.aborted ? new Error(`After ${PATIENCE_MS / 1_000} s not yet: ${what}`) : error;
    }
    return performance.now() - beganAtMs;
  }

  #lineOf(node: NodeProcess, report: NodeReport): string | undefined {
    if (report.type === 'met') return undefined;
    const member = this.nodes.find(({ address }) => address === report.member)?.name ?? 'somebody';
    const { health, previous, unheardForMs } = report;
    if (health === 'responsive') {
      return previous === 'unknown' ? undefined : `  ${node.name} hears ${member} again`;
    }
    const silence =
      unheardForMs === undefined ? ', never heard' : `, unheard for ${seconds(unheardForMs)}`;
    return `  ${node.name} finds ${member} ${health}${silence}`;
  }
}

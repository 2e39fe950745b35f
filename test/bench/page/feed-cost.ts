/** Feed cost: what feeding an inspector costs an endpoint that is overloaded. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Load } from './overloaded.js';

interface FeedCostOptions {
  readonly inspectorUrl: string;
  /** The address of an endpoint that answers. */
  readonly server: string;
  readonly callsPerSecond: number;
  readonly seconds: number;
  /** How often both are measured. The middle one of the results counts. */
  readonly rounds: number;
}

/** Rows for a table: without a feed, with one, and what it costs. */
export async function feedCost(options: FeedCostOptions): Promise<Record<string, object>> {
  const without: Load[] = [];
  const withFeed: Load[] = [];
  // In turns, because the machine may become faster or slower meanwhile.
  for (let round = 0; round < options.rounds; round += 1) {
    without.push(await load(options, ''));
    withFeed.push(await load(options, options.inspectorUrl));
  }
  const { seconds } = options;
  const one = middle(without);
  const other = middle(withFeed);
  return {
    'without a feed': rowOf(one, seconds),
    'with a feed': rowOf(other, seconds),
    'it costs, %': {
      'resolved/s': percent(1 - other.resolved / one.resolved),
      // So much of its time, and so of its throughput, an endpoint loses that is always busy.
      'busy, %': percent((other.cpuMs - one.cpuMs) / seconds / 1_000),
    },
  };
}

async function load(options: FeedCostOptions, inspectorUrl: string): Promise<Load> {
  const { server, callsPerSecond, seconds } = options;
  const args = [inspectorUrl, server, String(callsPerSecond), String(seconds)];
  const client = fork(new URL('overloaded.js', import.meta.url), args);
  const exited = once(client, 'exit');
  const [measured] = (await once(client, 'message')) as [Load];
  client.disconnect();
  await exited;
  return measured;
}

function rowOf({ offered, resolved, failed, cpuMs }: Load, seconds: number): object {
  return {
    'offered/s': Math.round(offered / seconds),
    'resolved/s': Math.round(resolved / seconds),
    'failed/s': Math.round(failed / seconds),
    'CPU µs a call': Math.round((cpuMs * 1_000) / offered),
    'busy, %': percent(cpuMs / seconds / 1_000),
  };
}

/** A share in percent, to a tenth. */
function percent(share: number): number {
  return Math.round(share * 1_000) / 10;
}

function middle(loads: readonly Load[]): Load {
  const inOrder = loads.toSorted((a, b) => a.cpuMs - b.cpuMs);
  return inOrder[Math.floor(inOrder.length / 2)] as Load;
}

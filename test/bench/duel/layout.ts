/**
 * Where in memory a process has its parts decides by several per cent how fast it is, for all its life: what lies
 * badly shares lines of the caches with something else. That is luck, and more of it than a build is slower by. So both
 * builds have the same luck in a round, and each round has another.
 */
import { spawnSync } from 'node:child_process';
import { machine } from 'node:os';

/** Linux gives every process other addresses, unless it is started by this. */
const FIXED_ADDRESSES = ['setarch', machine(), '-R'];

/** Whether this system can do that: not all do, and some containers forbid it. */
export function canFixAddresses(): boolean {
  const [command = '', ...args] = FIXED_ADDRESSES;
  return spawnSync(command, [...args, 'true']).status === 0;
}

/** The command for a Node whose memory is laid out by the seed, from 1 on; by chance as well unless addresses are fixed. */
export function nodeCommand(node: string, seed: number, fixAddresses: boolean): string[] {
  // The seed is that of V8: of where its heap lies, and of the hashes of strings.
  return [...(fixAddresses ? FIXED_ADDRESSES : []), node, `--random-seed=${seed}`];
}

/**
 * Layout: the memory layout of a process decides by several per cent how fast it is, during its
 * whole life, because badly placed parts share cache lines with others. That is chance, and a
 * larger effect than most changes of a build. So both builds have the same layout in a round, and
 * each round has another.
 */
import { spawnSync } from 'node:child_process';
import { machine } from 'node:os';

/** Linux gives every process other addresses, unless this command starts it. */
const FIXED_ADDRESSES = ['setarch', machine(), '-R'];

/** Whether this system can fix addresses. Not all systems can, and some containers forbid it. */
export function canFixAddresses(): boolean {
  const [command = '', ...args] = FIXED_ADDRESSES;
  return spawnSync(command, [...args, 'true']).status === 0;
}

/**
 * The command for a Node.js whose memory layout depends on the seed, from 1. Unless addresses are
 * fixed, it also depends on chance.
 */
export function nodeCommand(node: string, seed: number, fixAddresses: boolean): string[] {
  // It is the seed of V8: for the place of its heap, and for the hashes of strings.
  return [...(fixAddresses ? FIXED_ADDRESSES : []), node, `--random-seed=${seed}`];
}

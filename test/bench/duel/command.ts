/** Command: runs the commands that build the baseline. They do not outlive this process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Leaders of process groups. npm starts other processes, which would continue without their leader.
 */
const running = new Set<number>();
process.on('exit', () => {
  for (const pid of running) kill(pid);
});

/**
 * Runs a command to its end. Returns its output.
 *
 * @throws Error with all its output, when the command fails or cannot be started.
 */
export async function run(
  command: string,
  args: readonly string[],
  cwd = process.cwd(),
): Promise<string> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const said: string[] = [];
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => said.push(text));
  }
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  // Rejects with the error when the command does not exist.
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (pid !== undefined) running.delete(pid);
  if (code === 0) return said.join('');
  const ended = `${command} ${args.join(' ')} ended with ${code ?? signal}`;
  throw new Error([ended, said.join('').trim()].join('\n'));
}

function kill(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The process has just ended.
  }
}

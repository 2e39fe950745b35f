/** `rpcudp doctor`: finds out why a peer does not answer, or how well it does. */
import { cursorLeft, eraseEndLine } from 'ansi-escapes';
import { systemLookup } from '../address/lookup.js';
import { CLASSES } from '../doctor/class.js';
import type { Asked } from '../doctor/calling.js';
import { diagnose } from '../doctor/diagnosis.js';
import { examine } from '../doctor/examination.js';
import { findingsOf } from '../doctor/findings.js';
import { formatJson } from '../legible/json.js';
import { systemRandom } from '../random.js';
import { systemClock } from '../time/clock.js';
import { connectedUdp } from '../transport/connected-udp.js';
import { systemFile } from '../transport/system-file.js';
import { udpTransport } from '../transport/udp.js';
import { parseArguments } from './arguments.js';
import { reportLines } from './doctor-report.js';
import { EXIT_CODE } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { InterruptedError, interruption } from './interruption.js';
import type { World } from './world.js';

export interface DoctorOptions {
  /** A procedure, and its arguments as words. */
  readonly call?: readonly string[];
  readonly from?: number;
  readonly json?: boolean;
}

/**
 * Examines the address and prints the diagnosis, whose class gives the exit code.
 *
 * @throws ArgumentError, AddressError, UnencodableError, RequestTooLargeError for a mistake;
 * BindError when the local port is in use.
 */
export async function doctor(
  world: World,
  target: string,
  { call, from, json = false }: DoctorOptions,
): Promise<ExitCode> {
  const asked = askedIn(call);
  const signal = interruption(world, 'SIGINT', 'SIGTERM');
  const progress = new ProgressLine(world);
  try {
    const evidence = await examine(
      target,
      { from, call: asked, signal, onStep: (step) => progress.show(step) },
      {
        clock: systemClock,
        random: systemRandom,
        lookup: systemLookup,
        readFile: systemFile,
        transport: (port) => udpTransport({ port }),
        connectedTransport: connectedUdp,
      },
    );
    progress.clear();
    const diagnosis = diagnose(evidence);
    const findings = findingsOf(evidence);
    if (json) world.stdout.print(formatJson({ diagnosis, findings, evidence }));
    else for (const line of reportLines(diagnosis, findings)) world.stdout.print(line);
    return CLASSES[diagnosis.name].exitCode;
  } catch (error) {
    progress.clear();
    if (!(error instanceof InterruptedError)) throw error;
    world.stderr.print('interrupted');
    return EXIT_CODE.interrupted;
  }
}

function askedIn(words: readonly string[] | undefined): Asked | undefined {
  const [procedure, ...args] = words ?? [];
  return procedure === undefined ? undefined : { procedure, args: parseArguments(args) };
}

/** A line that says what is examined now, if anybody can see it. */
class ProgressLine {
  readonly #world: World;
  #isShown = false;

  constructor(world: World) {
    this.#world = world;
  }

  show(step: string): void {
    if (this.#world.showsProgress !== true) return;
    this.#isShown = true;
    this.#world.stderr.write(`${cursorLeft}examining: ${step} …${eraseEndLine}`);
  }

  clear(): void {
    if (this.#isShown) this.#world.stderr.write(cursorLeft + eraseEndLine);
    this.#isShown = false;
  }
}

/**
 * The exit codes of the command, for scripts. `rpcudp call --help` lists them, and `rpcudp doctor
 * --help` those of its classes.
 */
import type { ClassName, CLASSES } from '../doctor/class.js';

export const EXIT_CODE = {
  /** Done. For a call: it resolved. */
  success: 0,
  /** The command line has a mistake, or something on this machine failed. No peer answered. */
  failure: 1,
  /** The peer answered with an error. */
  rejected: 2,
  /** No answer came in time. */
  timedOut: 3,
  /** Ctrl-C: 128 plus the number of SIGINT, as in shells. */
  interrupted: 130,
} as const;

export type ExitCode =
  (typeof EXIT_CODE)[keyof typeof EXIT_CODE] | (typeof CLASSES)[ClassName]['exitCode'];

/** How the command ends, for scripts. Listed in `rpcudp call --help`. */
export const EXIT_CODE = {
  /** Done; of a call: it resolved. */
  success: 0,
  /** A mistake in the command line, or something on this machine failed: nothing was answered. */
  failure: 1,
  /** The peer answered with an error. */
  rejected: 2,
  /** No answer came in time. */
  timedOut: 3,
  /** Ctrl-C: 128 and the number of SIGINT, as shells have it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT_CODE)[keyof typeof EXIT_CODE];

/** Interrupted error: why a command's work was aborted by Ctrl-C or a signal. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  readonly code = 'ERR_RPCUDP_INTERRUPTED';

  constructor() {
    super('The command was interrupted');
  }
}

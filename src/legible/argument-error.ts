/** What was given to the command cannot be used; the message says why, in a sentence. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
  readonly code = 'ERR_RPCUDP_ARGUMENT';
}

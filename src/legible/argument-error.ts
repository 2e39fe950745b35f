/** An argument of the command cannot be used. The message says why, in one sentence. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
  readonly code = 'ERR_RPCUDP_ARGUMENT';
}

/** Description error: what a peer answered is no description. */

/** Only the command reads descriptions. It prints this, which quotes nothing of the peer. */
export class DescriptionError extends Error {
  override readonly name = 'DescriptionError';
  readonly code = 'ERR_RPCUDP_DESCRIPTION';

  constructor(problem: string) {
    super(`The description cannot be read: ${problem}`);
  }
}

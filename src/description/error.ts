/** Description error: what a peer answered is no description. */

/** Only the command reads descriptions, and prints this. What it quotes of the peer is not escaped. */
export class DescriptionError extends Error {
  override readonly name = 'DescriptionError';
  readonly code = 'ERR_RPCUDP_DESCRIPTION';

  constructor(problem: string) {
    super(`The description cannot be read: ${problem}`);
  }
}

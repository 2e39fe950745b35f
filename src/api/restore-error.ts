/** Restore error: what a persisted machine is told that cannot go on. */
import { shareAmongCopies } from '../copies/shared-class.js';
import { quote } from '../errors.js';

/**
 * A machine was restored, and one of its calls or peers cannot be. Nothing was sent. The message
 * says what to persist instead, or what is wrong with what was persisted.
 */
export class RestoreError extends TypeError {
  static {
    shareAmongCopies('RestoreError', this);
  }

  override readonly name = 'RestoreError';
  readonly code = 'ERR_RPCUDP_RESTORE';

  /** The input had an object of this process, of which JSON leaves nothing. */
  static ofInput(of: string, lost: 'peer' | 'endpoint'): RestoreError {
    const instead = lost === 'peer' ? '{ address, args }' : '{ address }';
    return new RestoreError(
      `The input of ${of} has no ${lost} that works. If the machine was restored: a persisted ` +
        `${lost} does not survive. Give actorsOf the endpoint, and the input ${instead}`,
    );
  }

  /** What was persisted is not a call of this procedure. */
  static ofDamage(procedure: string, problem: string): RestoreError {
    return new RestoreError(
      `The persisted call of ${quote(procedure)} cannot be restored: ${problem}`,
    );
  }
}

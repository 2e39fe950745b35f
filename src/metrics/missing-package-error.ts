/** Missing package error: for what needs a package that not every user of this one installs. */
import { shareAmongCopies } from '../copies/shared-class.js';

/** A package that is needed cannot be loaded. `cause` says why: most often it is not installed. */
export class MissingPackageError extends Error {
  static {
    shareAmongCopies('MissingPackageError', this);
  }

  override readonly name = 'MissingPackageError';
  readonly code = 'ERR_RPCUDP_MISSING_PACKAGE';
  /** The name of the package. */
  readonly package: string;

  constructor(what: string, name: string, cause: unknown) {
    super(`${what} needs the package ${name}, which cannot be loaded: npm install ${name}`, {
      cause,
    });
    this.package = name;
  }
}

/**
 * Version: of this package, as in its package.json. It is written here, so that a bundled program
 * does not look for a file that is not beside it.
 */
export const VERSION = '0.1.0';

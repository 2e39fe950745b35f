/** Close options: what `endpoint.close()` takes. */

export interface CloseOptions {
  /**
   * How long procedures that run may take to end, with the calls that they make through their
   * scopes, in milliseconds. From 0 to 2,147,483,647; default: the endpoint's `closeGraceMs`.
   */
  readonly graceMs?: number | undefined;
}

/**
 * Contestant: what the benchmark needs of a contestant: a client that calls, and a server that
 * answers.
 */

/** The text that every call sends and gets back. */
export const TEXT = 'Snake Plissken';

/** The host of all servers. */
export const HOST = '127.0.0.1';

/**
 * Narrower windows are opened this wide, so that each contestant has as many calls in flight as it
 * should.
 */
export const MOST_IN_FLIGHT = 256;

/** A client that is connected to its server. */
export interface Client<Answer = unknown> {
  /** Sends the text as a user would. Rejects when the call fails. */
  call(): PromiseLike<Answer>;
  /** The text that came back; `undefined` when the call failed. */
  textOf(answer: Answer): string | undefined;
  /**
   * Resolves when all remaining work of the calls is done, in this process and in others. Absent
   * when there is none.
   */
  rest?(): Promise<void>;
}

/** Both halves. Each runs in a separate process. */
export interface Contestant {
  readonly connect: (port: number) => Promise<Client>;
  /** Serves on a free port. Returns the port. */
  readonly serve: () => Promise<number>;
}

/** What the benchmark knows of a contestant: a client that calls, and a server that answers it. */

/** What every call carries there and back. */
export const TEXT = 'Snake Plissken';

/** Where all servers listen. */
export const HOST = '127.0.0.1';

/** Windows narrower than this are opened this far, so that each contestant has as many calls in flight as it is told. */
export const MOST_IN_FLIGHT = 256;

/** A client, connected to its server. */
export interface Client<Answer = unknown> {
  /** Sends the text as a user would; rejects when the call failed. */
  call(): PromiseLike<Answer>;
  /** The text that came back, or `undefined` when the call failed. */
  textOf(answer: Answer): string | undefined;
  /** Resolves when all is done that the calls have left to do, by this process and by others. Absent when nothing is. */
  rest?(): Promise<void>;
}

/** Both halves. Each runs in a process of its own. */
export interface Contestant {
  readonly connect: (port: number) => Promise<Client>;
  /** Serves on a free port and gives it. */
  readonly serve: () => Promise<number>;
}

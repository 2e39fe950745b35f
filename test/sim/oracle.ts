/** The oracle: what procedures really ran, where and with what result, whatever anybody says. */

/** What makes two requests the same. */
export interface Request {
  /** The peer that received it, and which life of it. */
  readonly node: string;
  readonly incarnation: number;
  /** Where the request seemed to come from, and its transaction id. */
  readonly sender: string;
  readonly transactionId: string;
}

/** One run of a procedure. */
export interface Execution extends Request {
  /** Counts all runs. */
  readonly serial: number;
  readonly token: string;
  readonly procedure: string;
  readonly startedAtMs: number;
  endedAtMs: number | undefined;
  /** What it gave, as text; undefined while it runs, and when it failed. */
  result: string | undefined;
  /** The code of the error it declared. */
  declared: string | undefined;
}

export class Oracle {
  readonly #byToken = new Map<string, Execution[]>();
  /** The runs of each request, by life of the peer, sender and transaction id: the last, and how many. */
  readonly #byRequest = new Map<string, { readonly last: Execution; readonly count: number }>();
  #count = 0;

  /** How many procedures have run in all; makes every result unlike any other. */
  get count(): number {
    return this.#count;
  }

  /** Notes a run; gives the one before for the same request, if there was one. */
  add(execution: Execution): Execution | undefined {
    this.#count += 1;
    const key = keyOf(execution);
    const before = this.#byRequest.get(key);
    this.#byRequest.set(key, { last: execution, count: (before?.count ?? 0) + 1 });
    const others = this.#byToken.get(execution.token);
    if (others === undefined) this.#byToken.set(execution.token, [execution]);
    else others.push(execution);
    return before?.last;
  }

  /** How often a request ran, in the life of the endpoint that received it. */
  timesRun(request: Request): number {
    return this.#byRequest.get(keyOf(request))?.count ?? 0;
  }

  /** Every run of the call with this token. */
  of(token: string): readonly Execution[] {
    return this.#byToken.get(token) ?? [];
  }
}

function keyOf({ node, incarnation, sender, transactionId }: Request): string {
  return `${node} ${incarnation} ${sender} ${transactionId}`;
}

/**
 * Oracle: knows which procedures really ran, where and with what result, whatever the endpoints
 * report.
 */

/** What identifies a request. */
export interface Request {
  /** The peer that received it, and the number of its life. */
  readonly node: string;
  readonly incarnation: number;
  /** The source address of the request, and its transaction id. */
  readonly sender: string;
  readonly transactionId: string;
}

/** One run of a procedure. */
export interface Execution extends Request {
  /** The number of the run among all runs. */
  readonly serial: number;
  readonly token: string;
  readonly procedure: string;
  /** Whether its endpoint drained or closed when the request arrived. */
  readonly ending: boolean;
  readonly startedAtMs: number;
  endedAtMs: number | undefined;
  /** What it returned, as text; undefined while it runs, or if it failed. */
  result: string | undefined;
  /** The code of the error that it declared. */
  declared: string | undefined;
}

/** A result as text, to compare it with. */
export function resultText(result: unknown): string {
  // A request that was corrupted on its way can hold integers of 64 bits.
  return JSON.stringify(result, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
}

export class Oracle {
  readonly #byToken = new Map<string, Execution[]>();
  /**
   * The runs of each request, by life of the peer, sender and transaction id: the last run, and how
   * many.
   */
  readonly #byRequest = new Map<string, { readonly last: Execution; readonly count: number }>();
  #count = 0;

  /** How many procedures have run in all. It makes every result unique. */
  get count(): number {
    return this.#count;
  }

  /** Notes a run. Returns the run before of the same request, if there was one. */
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

  /** How many times a request ran, in the life of the endpoint that received it. */
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

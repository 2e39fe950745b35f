/** Called: what the logic of an invoked call calls, for inspectors, whose masks know procedures. */

/** What a logic calls. */
export interface CalledBy {
  readonly procedure: string;
  /** Whether its output is an outcome; otherwise it is the value of one. */
  readonly givesOutcome: boolean;
}

const known = new WeakMap<object, CalledBy>();

/** Undefined for logic that is no invoked call. */
export function calledBy(logic: object): CalledBy | undefined {
  return known.get(logic);
}

export function noteCalled<Logic extends object>(logic: Logic, called: CalledBy): Logic {
  known.set(logic, called);
  return logic;
}

/**
 * Meters: measure how calls and requests of one endpoint end, and how long they take. An endpoint
 * that nobody measures pays one check for each of them.
 */
import { OTHER_PROCEDURES } from '../api/latencies.js';
import type { Outcome } from '../api/outcome.js';
import { REQUEST_ENDINGS } from '../api/request-ending.js';
import type { RequestEnding } from '../api/request-ending.js';
import { Attachments } from './attachments.js';

/** What an error that a meter throws is reported to. The endpoint goes on. */
type ReportError = (error: unknown) => void;

/** One who measures. It gets values that it may keep, and names of which there are few. */
export interface Meter {
  /**
   * A call has its outcome.
   *
   * @param procedure one of the first 64 names that were called, or `OTHER_PROCEDURES`
   * @param durationMs from the making of the call, its wait for the window included
   */
  callSettled(procedure: string, outcome: Outcome, durationMs: number): void;
  /**
   * A readable request has ended.
   *
   * @param procedure a name that the endpoint offers; undefined for any other
   * @param durationMs from the arrival of the request to the end of its procedure; undefined if the
   * request ran none, or if its end was not waited for
   */
  requestSettled(
    procedure: string | undefined,
    ending: RequestEnding,
    durationMs: number | undefined,
  ): void;
}

/** The members of a settled call that are measured. */
interface MeasuredCall {
  readonly procedure: string;
  readonly calledAtMs: number;
  readonly outcome: Outcome | undefined;
}

/** The members of an ended request that are measured. */
interface MeasuredRequest {
  readonly procedure: string;
  readonly durationMs?: number | undefined;
}

/**
 * A program may call procedures of any number of names, which it may even have from its peers. All
 * beyond these are measured together.
 */
const MAX_CALLED_NAMES = 64;

export class Meters extends Attachments<Meter> {
  readonly #reportError: ReportError;
  /** The first names that were called, at most 64. */
  readonly #called = new Set<string>();

  constructor(reportError: ReportError) {
    super();
    this.#reportError = reportError;
  }

  /** A call has its outcome at this moment. */
  callSettled({ procedure, calledAtMs, outcome }: MeasuredCall, nowMs: number): void {
    if (outcome === undefined) return;
    const name = this.#calledName(procedure);
    for (const meter of this.attached) {
      try {
        meter.callSettled(name, outcome, nowMs - calledAtMs);
      } catch (error) {
        this.#reportError(error);
      }
    }
  }

  requestSettled({ procedure, durationMs }: MeasuredRequest, ending: RequestEnding): void {
    // A repetition is told with the request that it repeats, which was measured when it ended.
    const ownMs = REQUEST_ENDINGS[ending].of === 'run' ? durationMs : undefined;
    const name = ending === 'unknownProcedure' ? undefined : procedure;
    for (const meter of this.attached) {
      try {
        meter.requestSettled(name, ending, ownMs);
      } catch (error) {
        this.#reportError(error);
      }
    }
  }

  #calledName(procedure: string): string {
    if (this.#called.has(procedure)) return procedure;
    if (this.#called.size >= MAX_CALLED_NAMES) return OTHER_PROCEDURES;
    this.#called.add(procedure);
    return procedure;
  }
}

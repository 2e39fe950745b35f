/** Record writer: numbers records and gives them to the sink. */
import type { InspectionRecord, RecordSink, Unnumbered } from '../record.js';

export class RecordWriter {
  readonly #endpoint: string;
  readonly #epochMs: number;
  readonly #sink: RecordSink;
  readonly #report: (error: unknown) => void;
  #seq = 0;
  #stopped = false;

  /**
   * @param endpoint the key of the endpoint
   * @param epochMs what to add to times of the endpoint's clock
   * @param report takes errors that the sink throws
   */
  constructor(
    endpoint: string,
    epochMs: number,
    sink: RecordSink,
    report: (error: unknown) => void,
  ) {
    this.#endpoint = endpoint;
    this.#epochMs = epochMs;
    this.#sink = sink;
    this.#report = report;
  }

  /** Completes the record and gives it to the sink. @param atMs by the endpoint's clock */
  readonly write = (unnumbered: Unnumbered, atMs: number): void => {
    if (this.#stopped) return;
    this.#seq += 1;
    const common = { endpoint: this.#endpoint, seq: this.#seq, atMs: this.#epochMs + atMs };
    const inspectionRecord = Object.assign<object, object>(unnumbered, common) as InspectionRecord;
    try {
      this.#sink(inspectionRecord);
    } catch (error) {
      this.#report(error);
    }
  };

  /** Ends the writer: later records are ignored. */
  stop(): void {
    this.#stopped = true;
  }
}

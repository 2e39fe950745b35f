/**
 * Metric family: one metric of all endpoints of a registry. It has the members that a registry of
 * prom-client asks its metrics for. Its values are made when they are asked for, so that they are
 * those of `endpoint.stats()`, and nothing is counted twice.
 */

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** The name of the series, if it is not that of the family. */
  readonly metricName?: string;
}

/** What a family is, without its values. */
export interface FamilyRow {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
}

export class MetricFamily {
  /** A registry for the format OpenMetrics takes `_total` off the name of a counter. */
  name: string;
  readonly help: string;
  readonly type: FamilyRow['type'];
  /** How prom-client combines those of the processes of a cluster. */
  readonly aggregator = 'sum';
  /** The name under which a registry keeps it. */
  readonly key: string;
  readonly #samples: () => Sample[];

  constructor({ name, help, type }: FamilyRow, samples: () => Sample[]) {
    this.name = name;
    this.key = name;
    this.help = help;
    this.type = type;
    this.#samples = samples;
  }

  /** The metric at this moment. prom-client wants a promise. */
  get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    return Promise.resolve({ name, help, type, aggregator, values: this.#samples() });
  }

  /** The counts are the endpoint's, and cannot be taken back. */
  reset(): void {
    // A registry resets all its metrics.
  }
}

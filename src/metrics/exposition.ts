/**
 * Exposition: the metrics of all endpoints that one registry has. A registry has each name once, so
 * the endpoints share the families, and are told apart by the label `endpoint`.
 */
import type { AnyEndpoint } from '../api/endpoint.js';
import type { EndpointStats } from '../api/stats.js';
import { OptionError } from '../errors.js';
import { COUNTED, COUNTED_FAMILIES, valuesOf } from './counted-families.js';
import { DURATION_FAMILIES, samplesOf } from './duration-families.js';
import type { Durations } from './durations.js';
import type { PrometheusRegistry } from './instruments.js';
import { MetricFamily } from './metric-family.js';
import type { Sample } from './metric-family.js';

interface Exposed {
  readonly endpoint: AnyEndpoint;
  readonly durations: Durations;
}

export class Exposition {
  /** By the label. Bounded by the endpoints that are given to the registry. */
  readonly #exposed = new Map<string, Exposed>();
  readonly #registry: PrometheusRegistry;
  readonly #families: readonly MetricFamily[];
  /** The counts of the scrape that is being made: those of one moment, so that they add up. */
  #counts: ReadonlyMap<string, EndpointStats> | undefined;

  constructor(registry: PrometheusRegistry) {
    this.#registry = registry;
    this.#families = [
      ...COUNTED.map((count) => {
        const row = COUNTED_FAMILIES[count];
        return new MetricFamily(row, () => this.#counted(count, row.label));
      }),
      ...DURATION_FAMILIES.map(
        (row) =>
          new MetricFamily(row, () =>
            [...this.#exposed].flatMap(([name, { durations }]) => samplesOf(row, name, durations)),
          ),
      ),
    ];
  }

  /**
   * Adds an endpoint under this name.
   *
   * @throws OptionError when the registry has another endpoint of this name, or a metric that is
   * called as one of these.
   */
  add(name: string, exposed: Exposed): void {
    if (this.#exposed.has(name)) {
      throw new OptionError('name', `is used by another endpoint of this registry: ${name}`);
    }
    this.#register();
    this.#exposed.set(name, exposed);
  }

  /** Removes what was added. With the last endpoint the metrics leave the registry. */
  remove(name: string, exposed: Exposed): void {
    if (this.#exposed.get(name) !== exposed) return;
    this.#exposed.delete(name);
    if (this.#exposed.size > 0) return;
    for (const family of this.#families) {
      if (this.#isThere(family)) this.#registry.removeSingleMetric(family.key);
    }
  }

  #isThere(family: MetricFamily): boolean {
    return this.#registry.getSingleMetric(family.key) === family;
  }

  /** Its user may have cleared the registry meanwhile. */
  #register(): void {
    const missing = this.#families.filter((family) => !this.#isThere(family));
    const taken = missing.find(({ key }) => this.#registry.getSingleMetric(key) !== undefined);
    if (taken !== undefined) {
      throw new OptionError('registry', `has another metric of the name ${taken.key}`);
    }
    for (const family of missing) {
      // A registry for OpenMetrics may have shortened it.
      family.name = family.key;
      this.#registry.registerMetric(family as never);
    }
  }

  #counted(count: (typeof COUNTED)[number], label: string | undefined): Sample[] {
    return [...this.#scraped()].flatMap(([endpoint, stats]) =>
      valuesOf(stats, count).map(([word, value]) => ({
        labels:
          label === undefined || word === undefined ? { endpoint } : { endpoint, [label]: word },
        value,
      })),
    );
  }

  /** A registry asks all its metrics one after the other, before it waits for any. */
  #scraped(): ReadonlyMap<string, EndpointStats> {
    if (this.#counts === undefined) {
      this.#counts = new Map(
        [...this.#exposed].map(([name, { endpoint }]) => [name, endpoint.stats()]),
      );
      void Promise.resolve().then(() => {
        this.#counts = undefined;
      });
    }
    return this.#counts;
  }
}

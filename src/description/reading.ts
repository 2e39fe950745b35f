/**
 * Reading: makes a description of what a peer answered. All of it is a stranger's: it may have any
 * shape, any size that a datagram has, and no end. Keys that are not known are skipped, because
 * later versions may add some.
 */
import type {
  EndpointDescription,
  JsonSchema,
  ListedProcedure,
  Omission,
  ProcedureDescription,
} from './description.js';
import { DescriptionError } from './error.js';

/** So that a listing ends, whatever a peer answers. */
const MAX_PROCEDURES = 10_000;

/** The listing of an endpoint, while it is read page by page. */
export class ListingReader {
  /** Bounded by `MAX_PROCEDURES`. */
  readonly #procedures: ListedProcedure[] = [];

  /**
   * Adds a page. Gives what was read so far: all of it if there is not `more`.
   *
   * @throws DescriptionError for what is no page, or one that does not go on where the last one
   * ended: its names must come in order, so that no page comes twice.
   */
  add(answer: unknown): EndpointDescription {
    const page = new Fields(answer);
    const procedures = page.list('procedures').map((listed) => {
      const fields = new Fields(listed);
      return { name: fields.text('name'), ...fields.description() };
    });
    const more = page.flag('more');
    if (more && procedures.length === 0)
      throw new DescriptionError('a page is empty, but not the last');
    for (const procedure of procedures) this.#push(procedure);
    return {
      version: page.text('version'),
      features: page.list('features').filter((feature) => typeof feature === 'string'),
      caller: page.text('caller'),
      procedures: this.#procedures,
      more,
    };
  }

  #push(procedure: ListedProcedure): void {
    const last = this.#procedures.at(-1);
    if (last !== undefined && procedure.name <= last.name) {
      throw new DescriptionError('its procedures are not in the order of their names');
    }
    if (this.#procedures.length === MAX_PROCEDURES) {
      throw new DescriptionError(`it lists more than ${MAX_PROCEDURES} procedures`);
    }
    this.#procedures.push(procedure);
  }
}

/**
 * Reads the description of a procedure.
 *
 * @throws DescriptionError for what is none, or is that of another procedure.
 */
export function readProcedureDescription(answer: unknown, name: string): ProcedureDescription {
  const fields = new Fields(answer);
  if (fields.text('name') !== name) throw new DescriptionError('it is that of another procedure');
  return {
    ...{ name, ...fields.description() },
    args: fields.schema('args'),
    result: fields.schema('result'),
    idempotent: fields.flag('idempotent'),
    timeoutMs: fields.count('timeoutMs'),
    maxBytes: fields.count('maxBytes'),
    omitted: fields.omitted(),
  };
}

/** The fields of a map that a peer sent. Only own properties are read. */
class Fields {
  readonly #map: object;

  constructor(value: unknown) {
    if (!isObject(value)) throw new DescriptionError('a part of it is no map with text keys');
    this.#map = value;
  }

  text(key: string): string {
    const value = this.#get(key);
    return typeof value === 'string' ? value : this.#fail(key, 'a text');
  }

  flag(key: string): boolean {
    const value = this.#get(key);
    return typeof value === 'boolean' ? value : this.#fail(key, 'true or false');
  }

  count(key: string): number | undefined {
    const value = this.#get(key) ?? undefined;
    if (value === undefined) return undefined;
    return Number.isSafeInteger(value) && (value as number) > 0
      ? (value as number)
      : this.#fail(key, 'a positive integer');
  }

  list(key: string): unknown[] {
    const value = this.#get(key);
    return Array.isArray(value) ? (value as unknown[]) : this.#fail(key, 'an array');
  }

  schema(key: string): JsonSchema | undefined {
    const value = this.#get(key) ?? undefined;
    if (value === undefined || typeof value === 'boolean') return value;
    return isObject(value)
      ? (value as Readonly<Record<string, unknown>>)
      : this.#fail(key, 'a JSON Schema');
  }

  description(): { readonly description?: string } {
    const value = this.#get('description') ?? undefined;
    if (value === undefined) return {};
    return typeof value === 'string' ? { description: value } : this.#fail('description', 'a text');
  }

  omitted(): ProcedureDescription['omitted'] {
    const value = this.#get('omitted');
    if (!isObject(value)) return undefined;
    const parts = new Fields(value);
    return { args: parts.#omission('args'), result: parts.#omission('result') };
  }

  /** A word that is not known says at least that there is a schema. */
  #omission(part: string): Omission | undefined {
    const word = this.#get(part) ?? undefined;
    return word === undefined || word === 'tooLarge' ? word : 'untold';
  }

  #get(key: string): unknown {
    return Object.hasOwn(this.#map, key) ? (this.#map as Record<string, unknown>)[key] : undefined;
  }

  #fail(key: string, must: string): never {
    throw new DescriptionError(`its '${key}' is not ${must}`);
  }
}

/** The decoder makes a plain object of a map whose keys are texts. */
function isObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Listing: the names of an endpoint's procedures, page by page. */
import { Buffer } from 'node:buffer';
import { shorten } from '../escape.js';
import type { ListedProcedure } from './description.js';

/** The most characters of a doc string in a listing. */
const MAX_LISTED_LENGTH = 100;
/** Longer names are not listed. They can be called. */
const MAX_NAME_BYTES = 512;
/**
 * What the procedures of a page may take. With all around them, the reply then takes at most 1,100
 * bytes, which every path carries in one piece.
 */
const MAX_PAGE_BYTES = 850;
/** What a procedure takes beside its texts: keys, and the heads of two strings and a map. */
const ENTRY_BYTES = 24;
const MAX_PAGE_ENTRIES = Math.ceil(MAX_PAGE_BYTES / ENTRY_BYTES);

export type Page = Readonly<Record<'procedures', readonly ListedProcedure[]>> & {
  readonly more: boolean;
};

export class Listing {
  readonly #procedures: readonly ListedProcedure[];

  constructor(procedures: readonly ListedProcedure[]) {
    this.#procedures = procedures
      .filter(({ name }) => isListed(name))
      .map(({ name, description }) => ({
        name,
        ...(description !== undefined && { description: shorten(description, MAX_LISTED_LENGTH) }),
      }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** The procedures behind this name, which need not be one of theirs, as many as a page holds. */
  page(after?: string): Page {
    const start = after === undefined ? 0 : this.#firstBehind(after);
    let end = start;
    let bytes = 0;
    for (const procedure of this.#procedures.slice(start, start + MAX_PAGE_ENTRIES)) {
      bytes += bytesOf(procedure);
      if (bytes > MAX_PAGE_BYTES) break;
      end += 1;
    }
    return {
      procedures: this.#procedures.slice(start, end),
      more: end < this.#procedures.length,
    };
  }

  #firstBehind(after: string): number {
    const index = this.#procedures.findIndex(({ name }) => name > after);
    return index === -1 ? this.#procedures.length : index;
  }
}

/** A name with a lone surrogate cannot be sent, and so not be called either. */
function isListed(name: string): boolean {
  return Buffer.byteLength(name) <= MAX_NAME_BYTES && shorten(name, MAX_NAME_BYTES) === name;
}

function bytesOf({ name, description = '' }: ListedProcedure): number {
  return ENTRY_BYTES + Buffer.byteLength(name) + Buffer.byteLength(description);
}

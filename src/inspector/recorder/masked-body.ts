/** Masked bodies: the bytes of a msgpack value with its masked parts replaced. */
import { MASKED } from '../../legible/mask.js';
import { isDrop } from '../../wire/drop.js';
import {
  KIND_ARRAY,
  KIND_EXTENSION,
  KIND_MAP,
  KIND_STRING,
  kindOf,
  payloadAt,
} from '../../wire/format.js';
import { KEY } from '../../wire/header-map.js';
import { readValue } from '../../wire/piecewise-reader.js';
import { skim } from '../../wire/skim.js';
import { TIMESTAMP_EXTENSION } from '../../wire/timestamp.js';

/**
 * A msgpack item as `skim` reports it. For an array or a map it is the head; the items inside
 * follow it.
 */
interface Item {
  readonly offset: number;
  readonly end: number;
  readonly depth: number;
  readonly isKey: boolean;
}

type Kind = 'array' | 'map' | 'text' | 'extension' | 'other';

/** A msgpack text of up to 31 bytes begins with one byte that has its length. */
const MASKED_BYTES = Buffer.from([0xa0 | MASKED.length, ...Buffer.from(MASKED)]);

/**
 * Copies a value item by item, and asks for each item whether it is masked. Paths are the same as
 * those of `legibleValue` for this value. Everything that is not masked is copied byte for byte.
 * The bytes must have been decoded without a fault.
 */
export class MaskedBody {
  /** Where the value ends. */
  readonly end: number;
  readonly #bytes: Buffer;
  readonly #isMasked: (path: readonly string[]) => boolean;
  /** Bounded by the datagram, because each item takes at least a byte. */
  readonly #items: Item[] = [];
  readonly #chunks: Buffer[] = [];
  #next = 0;
  #copiedTo: number;

  constructor(bytes: Buffer, start: number, isMasked: (path: readonly string[]) => boolean) {
    this.#bytes = bytes;
    this.#isMasked = isMasked;
    this.#copiedTo = start;
    const skimmed = skim(bytes, start, (offset, end, depth, isKey) => {
      this.#items.push({ offset, end, depth, isKey });
    });
    this.end = isDrop(skimmed) ? start : skimmed.end;
  }

  /** Whether something was masked. */
  get masked(): boolean {
    return this.#chunks.length > 0;
  }

  /** The copied bytes. */
  toBuffer(): Buffer {
    return Buffer.concat([...this.#chunks, this.#bytes.subarray(this.#copiedTo, this.end)]);
  }

  /** Moves on to the items inside the next array or map. */
  enter(): void {
    this.#next += 1;
  }

  /** Copies the next item whole, without asking. */
  pass(): void {
    const item = this.#take();
    while (this.#isIn(item)) this.#next += 1;
  }

  /** Copies the next item, if there is one. @param hidden whether the item is masked in any case */
  copy(path: readonly string[], hidden = false): void {
    if (this.#next >= this.#items.length) return;
    if (hidden || this.#isMasked(path)) this.#mask();
    else this.#copyInner(path);
  }

  /**
   * Copies the next item, an array. The array stays, even if it is masked: then its items are
   * masked.
   */
  copyItems(path: readonly string[]): void {
    const hidden = this.#isMasked(path);
    const item = this.#take();
    for (let index = 0; this.#isIn(item); index += 1) this.copy([...path, String(index)], hidden);
  }

  /** Copies the next item, a header map. Of headers only the values can be masked. */
  copyHeaderMap(path: readonly string[], hidden: boolean): void {
    const map = this.#take();
    while (this.#isIn(map)) {
      const { offset } = this.#items[this.#next] as Item;
      this.pass();
      if (this.#bytes[offset] === KEY.headers) this.#copyHeaders(path, hidden);
      else this.pass();
    }
  }

  #copyHeaders(path: readonly string[], hidden: boolean): void {
    const areHidden = hidden || this.#isMasked(path);
    const headers = this.#take();
    while (this.#isIn(headers)) {
      const { offset } = this.#items[this.#next] as Item;
      this.#next += 1;
      this.copy([...path, String(readValue(this.#bytes, offset))], areHidden);
    }
  }

  #copyInner(path: readonly string[]): void {
    const item = this.#items[this.#next] as Item;
    switch (this.#kindOf(item)) {
      case 'array':
        this.#next += 1;
        for (let index = 0; this.#isIn(item); index += 1) this.copy([...path, String(index)]);
        break;
      case 'map':
        this.#next += 1;
        this.#copyEntries(item, path);
        break;
      case 'extension':
        // It is shown as an object with these keys.
        this.copyScalar([...path, 'type'], [...path, 'data']);
        break;
      case 'text':
      case 'other':
        this.#next += 1;
    }
  }

  /** Copies the next item, unless one of these paths is masked. */
  copyScalar(...paths: readonly (readonly string[])[]): void {
    if (paths.some((path) => this.#isMasked(path))) this.#mask();
    else this.#next += 1;
  }

  #copyEntries(map: Item, path: readonly string[]): void {
    const isObject = this.#hasTextKeys(map);
    const inner = isObject ? path : [...path, 'map'];
    while (this.#isIn(map)) {
      const { offset } = this.#items[this.#next] as Item;
      const key = String(readValue(this.#bytes, offset));
      if (isObject) this.#next += 1;
      else this.copy(inner);
      this.copy([...inner, key]);
    }
  }

  #mask(): void {
    const item = this.#take();
    while (this.#isIn(item)) this.#next += 1;
    this.#chunks.push(this.#bytes.subarray(this.#copiedTo, item.offset), MASKED_BYTES);
    this.#copiedTo = this.#items[this.#next]?.offset ?? this.end;
  }

  #take(): Item {
    const item = this.#items[this.#next] as Item;
    this.#next += 1;
    return item;
  }

  /** Whether the next item is inside this one. */
  #isIn({ depth }: Item): boolean {
    const next = this.#items[this.#next];
    return next !== undefined && next.depth > depth;
  }

  /** Whether the decoder makes an object of the map whose items are next. */
  #hasTextKeys({ depth }: Item): boolean {
    for (let index = this.#next; ; index += 1) {
      const item = this.#items[index];
      if (item === undefined || item.depth <= depth) return true;
      if (item.depth === depth + 1 && item.isKey && this.#kindOf(item) !== 'text') return false;
    }
  }

  #kindOf({ offset }: Item): Kind {
    switch (kindOf(this.#bytes[offset] as number)) {
      case KIND_ARRAY:
        return 'array';
      case KIND_MAP:
        return 'map';
      case KIND_STRING:
        return 'text';
      case KIND_EXTENSION: {
        const type = this.#bytes.readInt8(payloadAt(this.#bytes, offset));
        return type === TIMESTAMP_EXTENSION ? 'other' : 'extension';
      }
      default:
        return 'other';
    }
  }
}

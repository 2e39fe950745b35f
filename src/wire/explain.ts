/** Explain: describes the bytes of a datagram for people. */
import { Buffer } from 'node:buffer';
import { ExtData } from '@msgpack/msgpack';
import { unpackBundle } from './bundle.js';
import { DROP, type Drop, isDrop } from './drop.js';
import { DROP_REASONS } from './drop-reason.js';
import { decodeErrorReply } from './error-reply.js';
import { formatName, sizeOf } from './format.js';
import { type Frame, HEADER_BYTES, MIN_DATAGRAM_BYTES, readFrame } from './frame.js';
import { FRAME_TYPES, mayBeBundled, typeOfByte } from './frame-type.js';
import { escapeText } from '../escape.js';
import { type HeaderMap } from './header-map.js';
import { readHeaderMap } from './header-map-reader.js';
import { readValue } from './piecewise-reader.js';
import { askedPaddingBytes, decodeProbe } from './probe.js';
import { decodeRequest } from './request.js';
import { decodeResponse } from './response.js';
import { decodeSignal } from './signal.js';
import { skim } from './skim.js';
import { PreciseDate } from './timestamp.js';

/** A range of bytes in a datagram, and its meaning. The parts cover it without gaps. */
export interface ExplainedPart {
  /** Offset of the first byte. */
  readonly offset: number;
  /** The bytes as hexadecimal digits; empty if a fault is at the end of the datagram. */
  readonly bytes: string;
  /** `type`, `id`, `header map`, a msgpack format such as `fixstr`, `ignored` or `fault`. */
  readonly label: string;
  /** Their value or meaning. Text is quoted and escaped, so that it is safe for a terminal. */
  readonly detail: string;
  /** How many arrays and maps contain the item. */
  readonly depth: number;
}

/**
 * Explains every byte of a datagram: type, id, every msgpack item with its format and value, the
 * header map, and ignored bytes after the body. If an endpoint would drop the datagram, the last
 * part says where and why. Takes any bytes and never throws.
 */
export function explainDatagram(datagram: Uint8Array): ExplainedPart[] {
  const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const explanation = new Explanation(bytes);
  const frame = readFrame(bytes);
  explanation.addHeader();
  if (isDrop(frame)) {
    explanation.addRest('fault', describe(frame));
    return explanation.parts;
  }
  const body = decodeBody(frame);
  const fault = frame.type === 'bundle' ? explanation.addBundle() : explanation.addBody();
  if (fault !== undefined) {
    // For a body that must be nil, the endpoint reports the wrong shape before any other fault.
    explanation.addRest('fault', describe(isDrop(body) ? body : fault));
    return explanation.parts;
  }
  if (frame.type === 'probe' && askedPaddingBytes(bytes) > 0) {
    explanation.addToLast('; asks for an answer as long');
  }
  explanation.addHeaderMapIfAny();
  explanation.addRestIfAny('ignored', 'bytes after the body');
  if (isDrop(body)) explanation.addRest('fault', describe(body));
  return explanation.parts;
}

class Explanation {
  readonly parts: ExplainedPart[] = [];
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  addHeader(): void {
    const typeByte = this.#bytes[0];
    if (typeByte === undefined) return;
    this.#add(1, 'type', typeOfByte(typeByte) ?? 'unknown');
    if (this.#bytes.length < HEADER_BYTES) return;
    this.#add(HEADER_BYTES, 'id', this.#bytes.toString('hex', 1, HEADER_BYTES));
  }

  /** Adds the items of the body up to the first fault. Gives the fault, if there is one. */
  addBody(): Drop | undefined {
    const bytes = this.#bytes;
    const skimmed = skim(bytes, this.#offset, (offset, end, depth, isKey) => {
      const name = formatName(bytes[offset] ?? 0);
      const detail = describeItem(bytes, offset, name);
      this.#add(end, name, isKey ? `key ${detail}` : detail, depth);
    });
    return isDrop(skimmed) ? skimmed : undefined;
  }

  /** Adds the items of a bundle's body up to the first fault, and explains each frame. */
  addBundle(): Drop | undefined {
    const bytes = this.#bytes;
    // Collected first, because explaining a frame also calls `skim`, which allows one walk at a
    // time.
    const items: { offset: number; end: number; depth: number }[] = [];
    const skimmed = skim(bytes, this.#offset, (offset, end, depth) => {
      items.push({ offset, end, depth });
    });
    for (const { offset, end, depth } of items) {
      const name = formatName(bytes[offset] ?? 0);
      const detail = describeItem(bytes, offset, name);
      const frame = depth === 1 && name.startsWith('bin') ? readValue(bytes, offset) : undefined;
      if (frame instanceof Uint8Array) this.#addFrame(end, name, detail, frame);
      else this.#add(end, name, detail, depth);
    }
    return isDrop(skimmed) ? skimmed : undefined;
  }

  #addFrame(end: number, name: string, detail: string, frame: Uint8Array): void {
    const start = end - frame.length;
    this.#add(start, name, `a frame of ${detail}`, 1);
    for (const part of explainFrame(frame)) {
      this.parts.push({ ...part, offset: start + part.offset, depth: 2 + part.depth });
    }
    this.#offset = end;
  }

  addHeaderMapIfAny(): void {
    const headerMap = readHeaderMap(this.#bytes, this.#offset);
    if (headerMap === undefined) return;
    const skimmed = skim(this.#bytes, this.#offset);
    if (!isDrop(skimmed)) this.#add(skimmed.end, 'header map', describeHeaderMap(headerMap));
  }

  /** Says more about the part that was added last. */
  addToLast(detail: string): void {
    const last = this.parts.pop();
    if (last !== undefined) this.parts.push({ ...last, detail: last.detail + detail });
  }

  addRestIfAny(label: string, detail: string): void {
    if (this.#offset < this.#bytes.length) this.addRest(label, detail);
  }

  addRest(label: string, detail: string): void {
    this.#add(this.#bytes.length, label, detail);
  }

  #add(end: number, label: string, detail: string, depth = 0): void {
    const bytes = this.#bytes.toString('hex', this.#offset, end);
    this.parts.push({ offset: this.#offset, bytes, label, detail, depth });
    this.#offset = end;
  }
}

/** Explains a frame of a bundle. Some types are not allowed there. */
function explainFrame(frame: Uint8Array): ExplainedPart[] {
  const type = typeOfByte(frame[0]);
  const isAllowed = type === undefined || mayBeBundled(type);
  if (isAllowed || frame.length < MIN_DATAGRAM_BYTES) return explainDatagram(frame);
  const bytes = Buffer.from(frame).toString('hex');
  const detail = `${describe(DROP.shape)}; a bundle holds no ${type}s`;
  return [{ offset: 0, bytes, label: 'fault', detail, depth: 0 }];
}

function describe({ reason }: Drop): string {
  return `dropped as ${reason}: ${DROP_REASONS[reason].rule}`;
}

function decodeBody({ type, datagram }: Frame): object {
  switch (FRAME_TYPES[type].body) {
    case 'call':
      return decodeRequest(datagram);
    case 'value':
      return decodeResponse(datagram);
    case 'error':
      return decodeErrorReply(datagram);
    case 'frames':
      return unpackBundle(datagram, () => undefined) ?? {};
    case 'nil':
      return decodeSignal(datagram);
    case 'padding':
      return decodeProbe(datagram);
    case 'token': {
      const body = decodeSignal(datagram);
      const challenges = !isDrop(body) && readHeaderMap(datagram, body.end)?.token !== undefined;
      return challenges || isDrop(body) ? body : DROP.shape;
    }
  }
}

function describeHeaderMap({
  version,
  attempt,
  remainingMs,
  traceparent,
  token,
  headers = {},
  oneWay,
}: HeaderMap): string {
  const facts = [`version ${version}`];
  if (remainingMs !== undefined) facts.push(`attempt ${attempt}`, `${remainingMs} ms left`);
  if (traceparent !== undefined) facts.push(`traceparent ${escapeText(traceparent)}`);
  if (token !== undefined) facts.push(`token ${Buffer.from(token).toString('hex')}`);
  for (const [name, value] of Object.entries(headers)) {
    facts.push(`header ${name} ${typeof value === 'string' ? escapeText(value) : bytesOf(value)}`);
  }
  if (oneWay) facts.push('one-way');
  return facts.join(', ');
}

/** The value of an item. For an array or a map, whose items follow, its size. */
function describeItem(bytes: Buffer, offset: number, name: string): string {
  if (name.includes('array')) return count(sizeOf(bytes, offset), 'item', 'items');
  if (name.includes('map')) return count(sizeOf(bytes, offset), 'entry', 'entries');
  const value = readValue(bytes, offset);
  if (typeof value === 'string') return escapeText(value);
  if (value instanceof Uint8Array) return count(value.length, 'byte', 'bytes');
  if (value instanceof PreciseDate) {
    return `${value.toISOString()} + ${value.subMillisecondNanoseconds} ns`;
  }
  if (value instanceof Date) return value.toISOString();
  if (value instanceof ExtData) return `extension type ${value.type}`;
  return Object.is(value, -0) ? '-0' : String(value);
}

function bytesOf(value: Uint8Array = new Uint8Array()): string {
  return `hex ${Buffer.from(value).toString('hex')}`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

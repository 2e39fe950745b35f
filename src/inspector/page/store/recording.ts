/** Recordings as text: JSON lines, a record on each. */
import type { InspectionRecord } from '../../record.js';
import { readRecord } from '../../record.js';
import type { InspectionStore } from './inspection-store.js';

/** A longer line is no record. */
export const MAX_LINE_LENGTH = 1_000_000;

/** Reads a recording piece by piece, so that whoever reads can stop to breathe. */
export class RecordingReader {
  readonly #text: string;
  #at = 0;
  #refused = 0;

  constructor(text: string) {
    // A byte order mark, as some editors write it.
    this.#text = text.startsWith('\uFEFF') ? text.slice(1) : text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Lines that are no records. */
  get refused(): number {
    return this.#refused;
  }

  /** The share that was read, from 0 to 1. */
  get progress(): number {
    return this.#text.length === 0 ? 1 : Math.min(1, this.#at / this.#text.length);
  }

  /** The record on the next line; undefined if it is none. */
  next(): InspectionRecord | undefined {
    const newline = this.#text.indexOf('\n', this.#at);
    const end = newline === -1 ? this.#text.length : newline;
    const line = end - this.#at > MAX_LINE_LENGTH ? 'too long' : this.#text.slice(this.#at, end);
    this.#at = end + 1;
    if (line.trim() === '') return undefined;
    const record = readLine(line);
    if (record === undefined) this.#refused += 1;
    return record;
  }
}

function readLine(line: string): InspectionRecord | undefined {
  try {
    return readRecord(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Every record that the store still holds: endpoints first, the rest by time. */
export function recordsOf(store: InspectionStore): InspectionRecord[] {
  const records = new Set<InspectionRecord>();
  for (const { closed, counts } of store.endpoints.values()) {
    if (closed !== undefined) records.add(closed);
    for (const record of counts.items()) records.add(record);
  }
  for (const { records: ofPeer } of store.peers) {
    for (const record of ofPeer.items()) records.add(record);
  }
  for (const { sides, frames } of store.transactions()) {
    for (const { record, steps } of sides) {
      records.add(record);
      for (const step of steps) records.add(step);
    }
    for (const { datagram } of frames) records.add(datagram);
  }
  for (const { datagram } of store.recentFrames()) records.add(datagram);
  const inOrder = [...records].sort((a, b) => a.atMs - b.atMs || a.seq - b.seq);
  return [...[...store.endpoints.values()].map(({ record }) => record), ...inOrder];
}

/** Some records as lines. */
export function recordLines(records: readonly InspectionRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** Recording: reads a recording from text and writes one, as JSON lines with one record each. */
import type { InspectionRecord } from '../../record.js';
import { readRecord } from '../../record.js';
import type { InspectionStore } from './inspection-store.js';

/** A longer line is not read as a record. */
export const MAX_LINE_LENGTH = 1_000_000;

/** Reads a recording line by line, so that the caller can pause at any time. */
export class RecordingReader {
  readonly #text: string;
  #at = 0;
  #refused = 0;

  constructor(text: string) {
    // Some editors begin a file with a byte order mark.
    this.#text = text.startsWith('\uFEFF') ? text.slice(1) : text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  /** How many lines are not records. */
  get refused(): number {
    return this.#refused;
  }

  /** How much has been read, from 0 to 1. */
  get progress(): number {
    return this.#text.length === 0 ? 1 : Math.min(1, this.#at / this.#text.length);
  }

  /** The record on the next line; undefined if the line is not a record. */
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

/** All records that the store still holds: first those of endpoints, then the others by time. */
export function recordsOf(store: InspectionStore): InspectionRecord[] {
  const records = new Set<InspectionRecord>();
  for (const { closed, counts, failures } of store.endpoints.values()) {
    if (closed !== undefined) records.add(closed);
    for (const record of counts.items()) records.add(record);
    for (const record of failures.values()) records.add(record);
  }
  for (const { records: ofPeer } of store.peers) {
    for (const record of ofPeer.items()) records.add(record);
  }
  for (const { sides } of store.transactions()) {
    for (const { record, steps } of sides) {
      records.add(record);
      for (const step of steps) records.add(step);
    }
  }
  for (const { datagram } of store.datagrams.kept()) records.add(datagram);
  for (const record of store.machines.records()) records.add(record);
  const inOrder = [...records].sort((a, b) => a.atMs - b.atMs || a.seq - b.seq);
  const endpoints = [...store.endpoints.values()].map(({ record }) => record);
  const programs = store.machines.programs.map(({ record }) => record);
  return [...endpoints, ...programs, ...inOrder];
}

/** These records as JSON lines. */
export function recordLines(records: readonly InspectionRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

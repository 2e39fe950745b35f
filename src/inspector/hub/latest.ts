/**
 * Latest: the latest facts about one endpoint or program: its own record, how it ended, its counts,
 * its peers and its kinds of failures, and the machines of a program. Each takes the place of the one before.
 */
import type { InspectionRecord, RecordOf } from '../record.js';
import type { KeptRecord } from './kept-record.js';

/** The most facts of each type, of peers above all. The oldest are released first. */
const MAX_OF_TYPE = 1_000;
/** The most machines of a program, and the most characters of their records. */
const MAX_MACHINES = 256;
const MAX_MACHINE_CHARS = 4 * 1024 * 1024;

export class Latest {
  readonly #release: (kept: KeptRecord) => void;
  /** By type, and by what they are about. Bounded by `MAX_OF_TYPE`. */
  readonly #facts = new Map<string, Map<string, KeptRecord>>();
  #machineChars = 0;

  /** @param release takes a fact that is not the latest any more */
  constructor(release: (kept: KeptRecord) => void) {
    this.#release = release;
  }

  /** Takes the record if it is a fact. Returns whether it is. */
  add(record: InspectionRecord, kept: KeptRecord): boolean {
    switch (record.type) {
      case 'endpoint':
      case 'program':
        this.#drop('ending', '');
        this.#put('endpoint', '', kept);
        return true;
      case 'endpoint.closed':
        // A closed endpoint is forgotten with the last of its records, and this is one of them.
        if (record.lost === true) this.#put('ending', '', kept);
        else this.#release(kept);
        return true;
      case 'counts':
      case 'program.counts':
        this.#put('counts', '', kept);
        return true;
      case 'machine':
        this.#putMachine(String(record.machine), kept);
        return true;
      case 'peer':
        this.#put('peer', record.peer, kept);
        return true;
      case 'failures':
        this.#put('failures', keyOfFailures(record), kept);
        return true;
      default:
        return false;
    }
  }

  *records(): Generator<KeptRecord> {
    for (const facts of this.#facts.values()) yield* facts.values();
  }

  #put(type: string, about: string, kept: KeptRecord): void {
    this.#drop(type, about);
    const facts = this.#facts.get(type) ?? new Map<string, KeptRecord>();
    this.#facts.set(type, facts.set(about, kept));
    kept.needs += 1;
    if (facts.size <= MAX_OF_TYPE) return;
    const [oldest] = facts.keys();
    if (oldest !== undefined) this.#drop(type, oldest);
  }

  /** Machines do not change, so the first ones stay. */
  #putMachine(about: string, kept: KeptRecord): void {
    const machines = this.#facts.get('machine');
    const before = machines?.get(about);
    const chars = this.#machineChars - (before?.text.length ?? 0) + kept.text.length;
    const isTooMany = before === undefined && machines?.size === MAX_MACHINES;
    if (isTooMany || chars > MAX_MACHINE_CHARS) {
      this.#release(kept);
      return;
    }
    this.#machineChars = chars;
    this.#put('machine', about, kept);
  }

  #drop(type: string, about: string): void {
    const facts = this.#facts.get(type);
    const kept = facts?.get(about);
    if (facts === undefined || kept === undefined) return;
    facts.delete(about);
    kept.needs -= 1;
    this.#release(kept);
  }
}

/** What a record of failures is about: records with the same key replace each other. */
function keyOfFailures(record: RecordOf<'failures'>): string {
  const { of, procedure, peer, state, reason } = record;
  return JSON.stringify([of, procedure, peer, state, reason]);
}

/** Endpoint memory: what a history keeps of one endpoint, or of the users' actors in one program. */
import { Living } from './living.js';
import type { KeptRecord } from './living.js';
import type { InspectionRecord, RecordOf } from '../record.js';

/** The most machines of a program, and the most characters of their records. */
const MAX_MACHINES = 256;
const MAX_MACHINE_CHARS = 4 * 1024 * 1024;

/** The record with which an endpoint begins, or a program. */
export type Opening = RecordOf<'endpoint'> | RecordOf<'program'>;

/** What is kept of one endpoint, or of one program. */
export interface EndpointMemory {
  readonly opened: Opening;
  state: 'open' | 'closed' | 'lost';
  lastSeq: number;
  lastPosition: number;
  endpoint: KeptRecord;
  ending: KeptRecord | undefined;
  counts: KeptRecord | undefined;
  readonly peers: Map<string, KeptRecord>;
  readonly machines: Map<number, KeptRecord>;
  machineChars: number;
  readonly living: Living;
}

export function memoryOf(opened: Opening): EndpointMemory {
  return {
    opened,
    state: 'open',
    lastSeq: opened.seq,
    lastPosition: 0,
    endpoint: { position: 0, text: '' },
    ending: undefined,
    counts: undefined,
    peers: new Map(),
    machines: new Map(),
    machineChars: 0,
    living: new Living(),
  };
}

export function isOpening(record: InspectionRecord): record is Opening {
  return record.type === 'endpoint' || record.type === 'program';
}

/** Keeps the record of a machine, if there is room. */
export function keepMachine(memory: EndpointMemory, number: number, kept: KeptRecord): void {
  const { machines, machineChars } = memory;
  const chars = machineChars - (machines.get(number)?.text.length ?? 0) + kept.text.length;
  if (chars > MAX_MACHINE_CHARS || (machines.size === MAX_MACHINES && !machines.has(number)))
    return;
  machines.set(number, kept);
  memory.machineChars = chars;
}

/** All records that are kept of it. */
export function rememberedOf(memory: EndpointMemory): KeptRecord[] {
  const { endpoint, ending, counts, peers, machines, living } = memory;
  const latest = [endpoint, counts, ending].filter((kept) => kept !== undefined);
  return [...latest, ...machines.values(), ...peers.values(), ...living.records()];
}

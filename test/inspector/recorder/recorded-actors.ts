/** Recorded actors: the records that a machine recorder makes, kept for the test. */
import { MachineRecorder } from '../../../src/inspector/recorder/machine-recorder.js';
import { readRecord } from '../../../src/inspector/record.js';
import type { InspectionRecord, RecordOf } from '../../../src/inspector/record.js';
import type { Mask } from '../../../src/legible/mask.js';
import { SimulatedClock } from '../../../src/testing/clock.js';

export class RecordedActors {
  readonly clock: SimulatedClock;
  readonly records: InspectionRecord[] = [];
  readonly recorder: MachineRecorder;

  constructor({
    clock = new SimulatedClock(),
    mask,
  }: { clock?: SimulatedClock; mask?: Mask } = {}) {
    this.clock = clock;
    this.recorder = new MachineRecorder((record) => this.records.push(record), {
      clock,
      mask,
      name: 'program',
    });
  }

  of<Type extends InspectionRecord['type']>(type: Type): RecordOf<Type>[] {
    return this.records.filter((one): one is RecordOf<Type> => one.type === type);
  }

  /** The actor with this id, or with this name of its logic. */
  actor(name: string): RecordOf<'actor'> {
    const found = this.of('actor').find(({ id, source }) => id === name || source === name);
    if (found === undefined) throw new Error(`No actor ${name} was recorded`);
    return found;
  }

  steps(name: string): RecordOf<'actor.step'>[] {
    const { session } = this.actor(name);
    return this.of('actor.step').filter((step) => step.session === session);
  }

  /** `event status states` of each step. */
  path(name: string): string[] {
    return this.steps(name).map(({ event, status, states = [] }) =>
      [event, status, ...states].join(' '),
    );
  }

  /** What is wrong with the records: one that no reader would take, or that is out of order. */
  faults(): string[] {
    return this.records.flatMap((one, index) => {
      const read = readRecord(JSON.parse(JSON.stringify(one)));
      const isNext = one.seq === index + 1 && one.endpoint === this.records[0]?.endpoint;
      return read === undefined || !isNext ? [JSON.stringify(one)] : [];
    });
  }
}

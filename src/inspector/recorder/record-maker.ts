/** Record maker: what makes the records of the actors of one kind. */
import type { Clock } from '../../time/clock.js';
import type { RecordOf, Unnumbered } from '../record.js';
import type { DatagramRecorder } from './datagram-recorder.js';
import type { Masking } from './masking.js';

type MadeRecord = RecordOf<'call' | 'notification' | 'handler' | 'step'>;
type Emit = (unnumbered: Unnumbered<MadeRecord>, atMs: number) => void;

export abstract class RecordMaker {
  protected readonly emit: Emit;
  protected readonly masking: Masking;
  protected readonly datagrams: DatagramRecorder;
  protected readonly clock: Clock;

  constructor(emit: Emit, masking: Masking, datagrams: DatagramRecorder, clock: Clock) {
    this.emit = emit;
    this.masking = masking;
    this.datagrams = datagrams;
    this.clock = clock;
  }
}

/** Child: one measurement in a separate process, which must end by itself. */
import { collections } from './collections.js';
import type { Measured } from './measured.js';
import {
  awaitedCall,
  callAmongAnswered,
  idleEndpoint,
  idlePeer,
  outstandingCall,
  rememberedReply,
} from './memory.js';
import { outstanding } from './outstanding.js';
import { peers } from './peers.js';
import { replies } from './replies.js';

/** Each takes a count and the number of operations to measure. */
const MEASUREMENTS = {
  outstanding,
  peers,
  replies,
  outstandingCall,
  awaitedCall,
  callAmongAnswered,
  idlePeer,
  rememberedReply,
  idleEndpoint,
  collections,
} satisfies Record<string, (count: number, sample: number) => Measured | Promise<Measured>>;

export type MeasurementName = keyof typeof MEASUREMENTS;

const [name = '', count = '', sample = ''] = process.argv.slice(2);
const measured = await MEASUREMENTS[name as MeasurementName](Number(count), Number(sample));
process.send?.(measured, () => {
  process.disconnect();
});

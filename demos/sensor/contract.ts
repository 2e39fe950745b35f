/** What the sensor service takes and gives. Both ends import it. */
import { defineContract } from 'rpcudp';
import { z } from 'zod';

export const sensorContract = defineContract({
  /** Keeps a reading of the device that calls, and gives how many it has kept of it. */
  record: {
    args: z.tuple([z.object({ number: z.int().min(1), celsius: z.number().min(-90).max(60) })]),
    result: z.int(),
    timeoutMs: 5_000,
  },
  /** The highest temperature of the device that calls; null if it has recorded none. */
  highest: { args: z.tuple([]), result: z.number().nullable(), idempotent: true },
});

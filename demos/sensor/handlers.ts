/** The procedures of the sensor service. */
import type { ContractHandlers } from 'rpcudp';
import type { sensorContract } from './contract.js';
import type { Journal } from './journal.js';
import type { Device as KnownDevice } from './token.js';

/** What is kept of a device, beside the journal. */
interface Kept {
  readonly readings: number;
  readonly highest: number;
}

/** What authentication puts into the context. */
interface Context {
  readonly device: KnownDevice;
}

export function sensorHandlers(
  journal: Pick<Journal, 'append'>,
): ContractHandlers<typeof sensorContract, Context> {
  /** Of each device. Bounded by the tokens that were issued. */
  const kept = new Map<string, Kept>();
  return {
    async record({ context: { device } }, { number, celsius }) {
      // Answered is what is on the disk.
      await journal.append(`${device.name} ${number} ${celsius}`);
      const { readings, highest } = kept.get(device.name) ?? { readings: 0, highest: -Infinity };
      kept.set(device.name, { readings: readings + 1, highest: Math.max(highest, celsius) });
      return readings + 1;
    },
    highest: ({ context: { device } }) => kept.get(device.name)?.highest ?? null,
  };
}

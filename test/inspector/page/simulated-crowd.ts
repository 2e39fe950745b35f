/**
 * Simulated crowd: the crowd of the inspect demo in a simulated network, and the records of it. The
 * records are all that a diagnosis gets.
 */
import { SeededRandom, SimulatedClock, SimulatedNetwork } from 'rpcudp/testing';
import { recordEndpoint } from 'rpcudp/inspector';
import { Crowd } from '../../../demos/inspect/crowd.js';
import type { World } from '../../../demos/inspect/crowd.js';
import type { IllMember } from '../../../demos/inspect/illness.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';

interface CrowdOptions {
  readonly seed: number;
  readonly size?: number;
  readonly ill?: IllMember;
  /** The share of all datagrams that is lost. */
  readonly loss?: number;
  readonly lastsMs?: number;
  /** How long something takes that shall take so long. */
  readonly sleepMs?: (ms: number) => number;
}

/** The records of a crowd that lived for a while, in the order in which they were made. */
export async function recordsOf(options: CrowdOptions): Promise<InspectionRecord[]> {
  const {
    seed,
    size = 25,
    ill,
    loss = 0,
    lastsMs = 16_000,
    sleepMs = (ms: number) => ms,
  } = options;
  const clock = new SimulatedClock();
  const delayMs = { min: 1, max: 3 };
  const network = new SimulatedNetwork({ clock, seed, lossRate: loss, delayMs });
  const records: InspectionRecord[] = [];
  const world: World = {
    random: new SeededRandom(seed, '/crowd'),
    clock,
    transport: (port) => network.transport('10.0.0.1', port),
    sleep: (ms) => new Promise((resolve) => clock.setTimeout(resolve, sleepMs(ms))),
    opened: (endpoint, name) => {
      const take = (one: InspectionRecord) =>
        records.push(JSON.parse(JSON.stringify(one)) as InspectionRecord);
      recordEndpoint(endpoint, take, { name });
    },
  };
  const crowd = await clock.runUntil(Crowd.start(world, size, ill));
  await clock.advance(lastsMs);
  const lived = records.length;
  await clock.runUntil(crowd.close());
  return records.slice(0, lived);
}

/** Identity: which endpoint or program is inspected, and how to convert the times of its clock. */
import process from 'node:process';
import { formatAddress } from '../../address/address.js';
import { callMachine } from '../../call/machine.js';
import type { Clock } from '../../time/clock.js';
import type { AnyEndpoint } from '../../api/endpoint.js';
import { VERSION } from '../../copies/version.js';
import { endpointMachine } from '../../endpoint/machine.js';
import { handlerMachine } from '../../handler/machine.js';
import { notificationMachine } from '../../notification/machine.js';
import { peerMachine } from '../../peer/machine.js';
import { systemRandom } from '../../random.js';
import { socketMachine } from '../../socket/machine.js';
import { chartOf } from './chart.js';
import type { RecordOf } from '../record.js';

const KEY_BYTES = 6;

const CHARTS = {
  endpoint: chartOf(endpointMachine),
  socket: chartOf(socketMachine),
  peer: chartOf(peerMachine),
  call: chartOf(callMachine),
  notification: chartOf(notificationMachine),
  handler: chartOf(handlerMachine),
};

/** What an `endpoint` record says about its endpoint. */
interface Identity extends Pick<
  RecordOf<'endpoint'>,
  'address' | 'processId' | 'version' | 'charts'
> {
  /** The unique key of the endpoint. */
  readonly key: string;
}

/** @throws EndpointClosedError for an endpoint that was never opened */
export function identity(endpoint: AnyEndpoint): Identity {
  return {
    key: randomKey(),
    address: formatAddress(endpoint.address),
    processId: process.pid,
    version: VERSION,
    charts: CHARTS,
  };
}

export function randomKey(): string {
  const key = Buffer.alloc(KEY_BYTES);
  // Does not use the endpoint's own generator: then an inspected simulation would behave
  // differently.
  systemRandom.fillBytes(key);
  return key.toString('hex');
}

/** Tells actors of this process from those of others, whose session ids are the same. */
export const PROCESS_KEY = randomKey();

/** What the record of a program says, but for the name that it was given. */
export function program(): Pick<RecordOf<'program'>, 'name' | 'process' | 'processId' | 'version'> {
  const { pid, argv } = process;
  const file = argv[1]?.split(/[\\/]/).at(-1);
  return {
    name: file === undefined || file === '' ? `process ${pid}` : file,
    process: PROCESS_KEY,
    processId: pid,
    version: VERSION,
  };
}

/** What to add to a time of this clock to get Unix milliseconds. */
export function epochMsOf(clock: Clock): number {
  return clock.wallMs() - clock.nowMs();
}

/** Who an inspected endpoint is, and how its clock is read. */
import process from 'node:process';
import { performance } from 'node:perf_hooks';
import { readFileSync } from 'node:fs';
import { formatAddress } from '../address.js';
import { callMachine } from '../call/machine.js';
import { systemClock } from '../clock.js';
import type { Clock } from '../clock.js';
import { endpointMachine } from '../endpoint/machine.js';
import type { AnyEndpoint } from '../endpoint/endpoint.js';
import { handlerMachine } from '../handler/machine.js';
import { peerMachine } from '../peer/machine.js';
import type { Random } from '../random.js';
import { socketMachine } from '../socket/machine.js';
import { chartOf } from './chart.js';
import type { RecordOf } from './record.js';

const KEY_BYTES = 6;

const CHARTS = {
  endpoint: chartOf(endpointMachine),
  socket: chartOf(socketMachine),
  peer: chartOf(peerMachine),
  call: chartOf(callMachine),
  handler: chartOf(handlerMachine),
};

/** What an `endpoint` record says of it. */
interface Identity extends Pick<
  RecordOf<'endpoint'>,
  'address' | 'processId' | 'version' | 'charts'
> {
  /** The endpoint's own name, which nobody else has. */
  readonly key: string;
  /** What is to be added to its clock's time to have Unix milliseconds. */
  readonly epochMs: number;
}

export function identity(endpoint: AnyEndpoint, clock: Clock, random: Random): Identity {
  const key = Buffer.alloc(KEY_BYTES);
  random.fillBytes(key);
  return {
    key: key.toString('hex'),
    // A clock of somebody's own is shown as it is.
    epochMs: clock === systemClock ? performance.timeOrigin : 0,
    address: formatAddress(endpoint.address),
    processId: process.pid,
    version,
    charts: CHARTS,
  };
}

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { readonly version: string };

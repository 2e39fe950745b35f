/** What the primary and its workers tell each other. The program's own messages use the same channel. */
import type { SocketAddress } from '../address/address.js';

/** Where a worker takes in what others hand on to it: a port of 127.0.0.1, and the key that it asks for. */
export interface Door {
  readonly port: number;
  readonly key: Uint8Array;
}

/** A door as JSON, the key in hexadecimal digits. */
export interface DoorMessage {
  readonly port: number;
  readonly key: string;
}

/** From a worker. */
export type WorkerMessage =
  | { readonly rpcudp: 'join' }
  | {
      /** It receives at `address` from now on, and has a door for what others receive there. */
      readonly rpcudp: 'opened';
      readonly address: SocketAddress;
      readonly door: DoorMessage;
    }
  | { readonly rpcudp: 'closed'; readonly address: SocketAddress };

/** From the primary. A worker that joins is told of the doors there are, and then welcome. */
export type PrimaryMessage =
  | {
      readonly rpcudp: 'welcome';
      readonly slot: number;
      readonly workers: number;
      /** Of the hash that gives each remote address to a worker. */
      readonly seed: number;
    }
  | {
      /** The worker in this slot has a new door at `address`, or none any more. */
      readonly rpcudp: 'door';
      readonly address: SocketAddress;
      readonly slot: number;
      readonly door: DoorMessage | null;
    }
  | { readonly rpcudp: 'close' };

/** The environment variable that tells a worker of `forkWorkers` from any other process. */
export const SLOT_VARIABLE = 'RPCUDP_CLUSTER_SLOT';

/** Whether a message is one of these; nobody but the two programs can write to their channel. */
export function isClusterMessage(message: unknown): message is WorkerMessage | PrimaryMessage {
  return typeof message === 'object' && message !== null && 'rpcudp' in message;
}

export function encodeDoor({ port, key }: Door): DoorMessage {
  return { port, key: Buffer.from(key).toString('hex') };
}

export function decodeDoor({ port, key }: DoorMessage): Door {
  return { port, key: Buffer.from(key, 'hex') };
}

/**
 * Messages: what the primary and its workers send to each other. The messages of the program use
 * the same channel.
 */
import type { SocketAddress } from '../address/address.js';

/**
 * Where a worker takes over the datagrams that others forward: a port of 127.0.0.1, and the key
 * that envelopes must have.
 */
export interface Door {
  readonly port: number;
  readonly key: Uint8Array;
}

/** A door as JSON, with the key as hexadecimal digits. */
export interface DoorMessage {
  readonly port: number;
  readonly key: string;
}

export type WorkerMessage =
  | { readonly rpcudp: 'join' }
  | {
      /** The worker now receives at `address`, and has a door for what others receive there. */
      readonly rpcudp: 'opened';
      readonly address: SocketAddress;
      readonly door: DoorMessage;
    }
  | { readonly rpcudp: 'closed'; readonly address: SocketAddress };

/** A message from the primary. A worker that joins first gets all doors, and then `welcome`. */
export type PrimaryMessage =
  | {
      readonly rpcudp: 'welcome';
      readonly slot: number;
      readonly workers: number;
      /** The seed of the hash that assigns each remote address to a worker. */
      readonly seed: number;
    }
  | {
      /** The worker in this slot has a new door at `address`, or with null none any more. */
      readonly rpcudp: 'door';
      readonly address: SocketAddress;
      readonly slot: number;
      readonly door: DoorMessage | null;
    }
  | { readonly rpcudp: 'close' };

/** The environment variable that distinguishes a worker of `forkWorkers` from any other process. */
export const SLOT_VARIABLE = 'RPCUDP_CLUSTER_SLOT';

/** Whether a message is one of these. Only the two processes can write to their channel. */
export function isClusterMessage(message: unknown): message is WorkerMessage | PrimaryMessage {
  return typeof message === 'object' && message !== null && 'rpcudp' in message;
}

export function encodeDoor({ port, key }: Door): DoorMessage {
  return { port, key: Buffer.from(key).toString('hex') };
}

export function decodeDoor({ port, key }: DoorMessage): Door {
  return { port, key: Buffer.from(key, 'hex') };
}

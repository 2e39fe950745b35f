/**
 * Raw client: what plain UDP costs in Node.js: dgram, a Map, a promise. It uses ids of 20 bytes and
 * the same request bytes as rpcudp, but it encodes them once and never decodes. It has no timers
 * and no checks.
 */
import { randomFillSync } from 'node:crypto';
import { boundSocket } from './bound-socket.js';

const ID_BYTES = 20;
const POOLED_IDS = 1_024;

export interface RawClient {
  call(): Promise<Buffer>;
  close(): void;
}

export async function rawClient(port: number, request: Buffer): Promise<RawClient> {
  const socket = await boundSocket();
  const outstanding = new Map<string, (answer: Buffer) => void>();
  const pool = Buffer.alloc(ID_BYTES * POOLED_IDS);
  let next = pool.length;
  socket.on('message', (message) => {
    const id = message.toString('latin1', 1, 1 + ID_BYTES);
    const resolve = outstanding.get(id);
    outstanding.delete(id);
    resolve?.(message);
  });
  return {
    call() {
      if (next === pool.length) {
        randomFillSync(pool);
        next = 0;
      }
      const datagram = Buffer.allocUnsafe(request.length);
      request.copy(datagram);
      pool.copy(datagram, 1, next, next + ID_BYTES);
      next += ID_BYTES;
      const id = datagram.toString('latin1', 1, 1 + ID_BYTES);
      return new Promise((resolve) => {
        outstanding.set(id, resolve);
        socket.send(datagram, port, '127.0.0.1');
      });
    },
    close() {
      socket.close();
    },
  };
}

/**
 * Idle connections: those of an HTTP server that have not asked yet, or whose request is answered.
 * Anybody on this machine can open thousands. Only some are kept, and a new one takes the place of
 * the one that has been idle longest. So who asks at once always gets in.
 */
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

export class IdleConnections {
  readonly #max: number;
  /** The one that has been idle longest comes first. Bounded by `#max`. */
  readonly #idle = new Set<Duplex>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Watches the connections of a server, from its first on. */
  watch(server: Server): void {
    server.on('connection', (socket) => {
      this.#add(socket);
      socket.once('close', () => this.#idle.delete(socket));
    });
    server.on('request', ({ socket }, response) => {
      this.#idle.delete(socket);
      response.once('close', () => {
        this.#add(socket);
      });
    });
    server.on('upgrade', (_request, socket) => {
      this.#idle.delete(socket);
    });
  }

  #add(socket: Duplex): void {
    if (socket.destroyed) return;
    this.#idle.add(socket);
    if (this.#idle.size <= this.#max) return;
    const [longest] = this.#idle;
    if (longest === undefined) return;
    this.#idle.delete(longest);
    longest.destroy();
  }
}

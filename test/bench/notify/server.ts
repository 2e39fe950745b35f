/**
 * Notify server: what both contestants of `npm run bench:notify` send to, in a process of its own:
 * a plain socket that echoes, and an endpoint whose procedure counts how often it ran.
 */
import { createEndpoint } from 'rpcudp';
import { boundSocket } from '../bound-socket.js';

/** What the benchmark gets when everything is open. */
export interface Ports {
  readonly raw: number;
  readonly endpoint: number;
}

let ran = 0;
const socket = await boundSocket();
socket.on('message', (datagram, { port, address }) => {
  socket.send(datagram, port, address);
});
const endpoint = await createEndpoint({
  host: '127.0.0.1',
  handlers: {
    moved: () => {
      ran += 1;
    },
    count: () => ran,
  },
});
process.send?.({ raw: socket.address().port, endpoint: endpoint.address.port } satisfies Ports);
process.on('disconnect', () => {
  socket.close();
  void endpoint.close();
});

/**
 * Socket machine: the states of the socket.
 *
 * ```text
 * binding ─▶ listening ─▶ closed ■        failed ■ from either
 * ```
 *
 * Datagrams do not change the state. The socket's actor routes them, and shows them to inspectors
 * as events of this machine, without sending them to the machine.
 */
import { assign, setup } from 'xstate';
import type { Fate } from '../api/fate.js';

interface SocketContext {
  readonly address: string | undefined;
  readonly error: Error | undefined;
}

export type SocketEvent =
  | { readonly type: 'bound'; readonly address: string }
  | { readonly type: 'failed'; readonly error: Error }
  | { readonly type: 'closed' }
  | { readonly type: 'datagram.received'; readonly from: string; readonly bytes: number }
  | { readonly type: 'frame.settled'; readonly from: string; readonly fate: Fate };

export const socketMachine = setup({
  types: { context: {} as SocketContext, events: {} as SocketEvent },
  actions: {
    noteAddress: assign(({ event }) => (event.type === 'bound' ? { address: event.address } : {})),
    noteError: assign(({ event }) => (event.type === 'failed' ? { error: event.error } : {})),
  },
}).createMachine({
  id: 'socket',
  description: 'The only owner of the transport: sends bytes, routes bytes in.',
  context: { address: undefined, error: undefined },
  initial: 'binding',
  states: {
    binding: {
      on: {
        bound: { target: 'listening', actions: 'noteAddress' },
        failed: { target: 'failed', actions: 'noteError' },
        closed: { target: 'closed' },
      },
    },
    listening: {
      on: {
        'datagram.received': {},
        'frame.settled': {},
        failed: { target: 'failed', actions: 'noteError' },
        closed: { target: 'closed' },
      },
    },
    failed: { type: 'final', description: 'The socket broke, or could not be bound.' },
    closed: { type: 'final' },
  },
});

/**
 * Endpoint machine: the states of an endpoint.
 *
 * ```text
 * opening ─▶ open ─▶ draining ─▶ closing ─▶ closed ■      also from opening and open to closing
 * ```
 *
 * - In `draining` the endpoint takes no new requests. It stays there until it is closed.
 * - In `closing` it settles every call, waits a limited time for running procedures, whose calls go
 *   on, and closes its socket. An endpoint also closes when its socket fails.
 */
import { assign, setup } from 'xstate';

interface EndpointContext {
  readonly address: string | undefined;
  /** The reason why it closed, if nobody called `close()`. */
  readonly error: Error | undefined;
}

export type EndpointEvent =
  | { readonly type: 'opened'; readonly address: string }
  | { readonly type: 'drain' }
  | { readonly type: 'close'; readonly error?: Error | undefined }
  | { readonly type: 'closed' };

export const endpointMachine = setup({
  types: { context: {} as EndpointContext, events: {} as EndpointEvent },
  actions: {
    noteAddress: assign(({ event }) => (event.type === 'opened' ? { address: event.address } : {})),
    noteError: assign(({ event }) => (event.type === 'close' ? { error: event.error } : {})),
  },
}).createMachine({
  id: 'endpoint',
  description: 'The root of all actors of one endpoint.',
  context: { address: undefined, error: undefined },
  initial: 'opening',
  states: {
    opening: {
      on: {
        opened: { target: 'open', actions: 'noteAddress' },
        close: { target: 'closing', actions: 'noteError' },
      },
    },
    open: {
      on: {
        drain: { target: 'draining' },
        close: { target: 'closing', actions: 'noteError' },
      },
    },
    draining: {
      description: 'New requests are refused; procedures that run may end, and calls go on.',
      on: { close: { target: 'closing', actions: 'noteError' } },
    },
    closing: {
      description: 'Procedures that run may end, with their calls; all other calls are settled.',
      on: { closed: { target: 'closed' } },
    },
    closed: { type: 'final' },
  },
});

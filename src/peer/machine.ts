/**
 * Peer machine: the health of one remote address.
 *
 * ```text
 * resolving ─▶ unknown ─▶ responsive ◀─▶ suspect ─▶ silent      forgotten ■ from anywhere
 * ```
 *
 * - `heard`: a datagram from the peer was understood. The peer is responsive.
 * - `expired`: a call to it timed out. The peer is suspect, and silent after three in a row.
 * - `call` is a command. The machine emits it, and the peer's actor carries it out.
 */
import { emit, setup } from 'xstate';
import { assigner } from '../actor/assigner.js';
import type { CallCommand } from '../api/call-command.js';

export interface PeerInput {
  /** The canonical address, or the host name while it is being looked up. */
  readonly address: string;
  readonly resolved: boolean;
}

export interface PeerContext extends PeerInput {
  /** Time-outs since something was last received from the peer. */
  readonly expiredInARow: number;
}

type Resolved = { readonly type: 'resolved'; readonly address: string };

export type PeerEvent =
  | CallCommand
  | Resolved
  | { readonly type: 'heard' }
  | { readonly type: 'expired' }
  | { readonly type: 'forgotten' };

const SILENT_AFTER = 3;

const assignFrom = assigner<PeerContext, PeerEvent>();

export const peerMachine = setup({
  types: {
    input: {} as PeerInput,
    context: {} as PeerContext,
    events: {} as PeerEvent,
    emitted: {} as CallCommand,
  },
  actions: {
    placeCall: emit(({ event }) => event as CallCommand),
    adoptAddress: assignFrom<Resolved>((context, event) => {
      context.address = event.address;
      context.resolved = true;
    }),
    countExpired: assignFrom((context) => {
      context.expiredInARow += 1;
    }),
    resetExpired: assignFrom((context) => {
      context.expiredInARow = 0;
    }),
  },
  guards: {
    hasAddress: ({ context }) => context.resolved,
    silent: ({ context }) => context.expiredInARow + 1 >= SILENT_AFTER,
  },
}).createMachine({
  id: 'peer',
  description: 'One remote address.',
  context: ({ input }) => ({ ...input, expiredInARow: 0 }),
  on: {
    call: { actions: 'placeCall' },
    forgotten: { target: '.forgotten' },
  },
  initial: 'resolving',
  states: {
    resolving: {
      description: "The host's name is being looked up; calls wait in the mailbox.",
      always: { guard: 'hasAddress', target: 'unknown' },
      on: { resolved: { target: 'unknown', actions: 'adoptAddress' } },
    },
    unknown: {
      description: 'Nothing was heard yet.',
      on: {
        heard: { target: 'responsive' },
        expired: { target: 'suspect', actions: 'countExpired' },
      },
    },
    responsive: {
      description: 'It was heard, and no call timed out since.',
      on: { expired: { target: 'suspect', actions: 'countExpired' } },
    },
    suspect: {
      description: 'A call timed out since it was last heard.',
      on: {
        heard: { target: 'responsive', actions: 'resetExpired' },
        expired: [
          { guard: 'silent', target: 'silent', actions: 'countExpired' },
          { actions: 'countExpired' },
        ],
      },
    },
    silent: {
      description: 'Several calls in a row timed out.',
      on: {
        heard: { target: 'responsive', actions: 'resetExpired' },
        expired: { actions: 'countExpired' },
      },
    },
    forgotten: { type: 'final', description: 'It was idle, and another peer took its place.' },
  },
});

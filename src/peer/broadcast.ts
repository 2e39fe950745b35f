/** Broadcast: one notification to many peers. It is checked and encoded once. */
import type { NotifyOptions } from '../api/notify-options.js';
import type { ParentRequest } from '../call/parent-request.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { OptionError, TooManyPeersError } from '../errors.js';
import type { NotificationActor } from '../notification/notification.js';
import { encodeMessage } from '../notification/notifier.js';
import type { Message } from '../notification/notifier.js';
import type { Addressee } from './addressee.js';
import { PeerHandle } from './handle.js';
import type { HeldActor } from './held-actor.js';

/**
 * Notifies each peer, in order. Each notification has an id of its own, so that inspectors, and the
 * answers of old peers, tell them apart. They share the encoded body.
 *
 * @throws what `notify` throws, before anybody is notified; OptionError for what is no peer.
 */
export function broadcast(
  peers: Iterable<unknown>,
  procedure: string,
  args: readonly unknown[],
  options: NotifyOptions | undefined,
  requireOpen: (parent: ParentRequest | undefined) => void,
): NotificationActor[] {
  const addressees = Array.from(peers, (peer) => addresseeOf(peer, procedure));
  for (const { parent } of addressees) requireOpen(parent);
  const messages = encodeForAll(addressees, procedure, args, options);
  return addressees.map(({ actor, parent, contracted }) =>
    notify(actor, messages.get(contracted) as Message, parent),
  );
}

function addresseeOf(peer: unknown, procedure: string): Addressee {
  if (peer instanceof PeerHandle) return peer.addressee(procedure);
  throw new OptionError('peers', 'must hold peers that an endpoint gave');
}

/** Peers may have contracts of their own. For each the message is checked, and encoded once. */
function encodeForAll(
  addressees: readonly Addressee[],
  procedure: string,
  args: readonly unknown[],
  options: NotifyOptions | undefined,
): ReadonlyMap<ContractedProcedure | undefined, Message> {
  const contracts = new Set(addressees.map(({ contracted }) => contracted));
  // Checked although nobody may be told.
  if (contracts.size === 0) encodeMessage(procedure, args, options, undefined);
  return new Map(
    [...contracts].map((contracted) => [
      contracted,
      encodeMessage(procedure, args, options, contracted),
    ]),
  );
}

/** Where there is no place for a peer any more, its notification alone is dropped. */
function notify(
  actor: HeldActor,
  message: Message,
  parent: ParentRequest | undefined,
): NotificationActor {
  try {
    return actor.living().notify(message, parent);
  } catch (error) {
    if (!(error instanceof TooManyPeersError)) throw error;
    return actor.last().refuseToNotify(message, parent, error);
  }
}

/** Endpoint states: every state of an endpoint, with its display name. */

/** Every state of the endpoint machine with its display name, in display order. */
export const ENDPOINT_STATES = {
  /** Its socket is being bound. */
  opening: 'opening',
  open: 'open',
  /** It takes no new requests. Procedures that run may end, and calls go on. */
  draining: 'draining',
  /** Procedures that run may end within the grace. All calls but theirs are cancelled. */
  closing: 'closing',
  closed: 'closed',
} as const satisfies Readonly<Record<string, string>>;

export type EndpointState = keyof typeof ENDPOINT_STATES;

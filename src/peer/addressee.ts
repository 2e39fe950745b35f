/** Addressee: one of those that a broadcast goes to. */
import type { ParentRequest } from '../call/parent-request.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import type { HeldActor } from './held-actor.js';

/** A peer that is told, as its handle knows it. */
export interface Addressee {
  readonly actor: HeldActor;
  readonly contracted: ContractedProcedure | undefined;
  readonly parent: ParentRequest | undefined;
}

/** Invocation: a call that was invoked, by its input or by what an earlier process persisted. */
import type { Call } from '../api/call.js';
import type { AnyEndpoint } from '../api/endpoint.js';
import type { AnyProcedures } from '../api/procedures.js';
import type { CallKeeper } from '../call/call-keeper.js';
import { headersText, readHeadersText } from '../call/headers-text.js';
import { readRequestText, requestTextOf } from '../call/request-text.js';
import type { AnyContract } from '../contract/contract.js';
import { RestoreError } from '../api/restore-error.js';
import type { AddressedCallInput, AddressedPeerInput, KeptOptions } from './input.js';
import { peerAt } from './peer-logic.js';

/** What all calls of one logic have in common. */
export interface Called {
  readonly procedure: string;
  readonly endpoint: AnyEndpoint;
  readonly contract: AnyContract | undefined;
  readonly keeper: CallKeeper;
}

type Input = AddressedCallInput<AnyProcedures, string>;

/** An input that was persisted before its call was made. JSON would not keep what it sends. */
type PersistedInput = Omit<KeptOptions, 'headers'> &
  AddressedPeerInput & { readonly request: unknown; readonly headers?: unknown };

/** What the invocation begins with: an input, or a call that was made before. */
export interface Origin {
  readonly input?: Input | PersistedInput | undefined;
  readonly call?: unknown;
}

export class Invocation {
  readonly #called: Called;
  readonly #origin: Origin;
  #call: Call | undefined;

  constructor(called: Called, { input, call }: Origin) {
    this.#called = called;
    this.#origin = { input, call };
  }

  /** Makes the call, or goes on with the one that an earlier process has made. */
  begin(signal: AbortSignal): Call {
    this.#call = this.#begun(signal);
    return this.#call;
  }

  #begun(signal: AbortSignal): Call {
    const { procedure, endpoint, contract, keeper } = this.#called;
    const { input, call } = this.#origin;
    if (input === undefined) return keeper.restore(call, { procedure, contract, signal });
    const { address, options, args } = this.#read(input);
    return peerAt(endpoint, address, contract).call(procedure, args, { ...options, signal });
  }

  #read(input: Input | PersistedInput): ReadInput {
    if (!('request' in input)) {
      const { address, args = [], ...options } = input;
      return { address, args, options };
    }
    const { address, request, headers: sent, ...options } = input;
    const { procedure } = this.#called;
    const read = typeof request === 'string' ? readRequestText(request) : undefined;
    if (read?.procedure !== procedure) {
      throw RestoreError.ofDamage(procedure, 'its request is not what was written');
    }
    const headers = typeof sent === 'string' ? readHeadersText(sent) : undefined;
    if (sent !== undefined && headers === undefined) {
      throw RestoreError.ofDamage(procedure, 'its headers are not what was written');
    }
    return { address, args: read.args, options: { ...options, headers } };
  }

  /** What a later process needs to go on: the call, or the input if no call was made. */
  persist(): Origin {
    if (this.#call !== undefined) return { call: this.#called.keeper.persist(this.#call) };
    const { input } = this.#origin;
    if (input === undefined || 'request' in input) return this.#origin;
    const { args = [], headers, ...kept } = input;
    const request = requestTextOf(this.#called.procedure, args);
    return { input: { ...kept, request, headers: headersText(headers) } };
  }

  /** For inspectors. */
  toJSON(): unknown {
    return this.#origin.input ?? this.#origin.call;
  }
}

interface ReadInput {
  readonly address: AddressedPeerInput['address'];
  readonly args: readonly unknown[];
  readonly options: KeptOptions;
}

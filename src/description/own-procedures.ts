/** Own procedures: those by which an endpoint describes the procedures that its user gave it. */
import { formatAddress } from '../address/address.js';
import type { Describe } from '../api/endpoint-options.js';
import type { Procedure } from '../api/handlers.js';
import type { HandlerScope } from '../api/scope.js';
import { ContractedProcedure } from '../contract/contracted-procedure.js';
import type { StandardSchema } from '../contract/standard-schema.js';
import { VERSION } from '../copies/version.js';
import { shorten } from '../escape.js';
import { DESCRIBE, DESCRIBE_PROCEDURE, FEATURES } from './description.js';
import type { EndpointDescription } from './description.js';
import { Listing } from './listing.js';
import { requireDescribable } from './option.js';
import { ToldProcedures } from './told-procedures.js';

/** A procedure of the endpoint itself. */
export interface OwnProcedure {
  readonly name: string;
  readonly run: Procedure;
  readonly contracted: ContractedProcedure;
}

interface Offered {
  readonly name: string;
  readonly contracted: ContractedProcedure | undefined;
}

/**
 * The procedures that describe these.
 *
 * @throws OptionError when they cannot be described so.
 */
export function ownProcedures(
  offered: readonly Offered[],
  describe: Exclude<Describe, false>,
): OwnProcedure[] {
  requireDescribable(new Set(offered.map(({ name }) => name)), describe);
  const texts = new Map(describe === true ? [] : Object.entries<string | undefined>(describe));
  const described = offered.map(({ name, contracted }) => {
    const text = texts.get(name) ?? contracted?.description;
    // What is not well-formed could not be sent.
    return { name, contracted, description: text && shorten(text, text.length) };
  });
  const listing = new Listing(described);
  const told = new ToldProcedures(described);
  return [
    own(DESCRIBE, 0, ({ sender }: HandlerScope, after?: string): EndpointDescription => ({
      ...{ version: VERSION, features: FEATURES, caller: formatAddress(sender) },
      ...listing.page(after),
    })),
    own(DESCRIBE_PROCEDURE, 1, (_scope: HandlerScope, name: string) => told.of(name)),
  ];
}

function own(name: string, leastArgs: 0 | 1, run: Procedure): OwnProcedure {
  const definition = { args: textsOf(leastArgs), idempotent: true };
  return { name, run, contracted: new ContractedProcedure(name, definition) };
}

/** The schema of at most one argument, which is a text. */
function textsOf(least: 0 | 1): StandardSchema<readonly unknown[]> {
  return {
    '~standard': {
      version: 1,
      vendor: 'rpcudp',
      validate: (value) => {
        const args = value as readonly unknown[];
        if (args.length < least || args.length > 1) {
          return { issues: [{ message: least === 0 ? 'at most one' : 'exactly one' }] };
        }
        return args.every((arg) => typeof arg === 'string')
          ? { value: args }
          : { issues: [{ message: 'must be a text', path: [0] }] };
      },
    },
  };
}

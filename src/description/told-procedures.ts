/** Told procedures: what is told of each procedure, made when it is first asked for. */
import { fail } from '../api/procedure-error.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { quote } from '../errors.js';
import { NO_SUCH_PROCEDURE } from './description.js';
import type { DescribedPart, JsonSchema, Omission, ProcedureDescription } from './description.js';
import { jsonSchemaOf } from './json-schema.js';

/** A procedure that is described. */
export interface Describable {
  readonly name: string;
  readonly description: string | undefined;
  readonly contracted: ContractedProcedure | undefined;
}

const PARTS: readonly DescribedPart[] = ['args', 'result'];

export class ToldProcedures {
  readonly #procedures: ReadonlyMap<string, Describable>;
  /** Bounded by the number of procedures. */
  readonly #told = new Map<string, ProcedureDescription>();

  constructor(procedures: readonly Describable[]) {
    this.#procedures = new Map(procedures.map((procedure) => [procedure.name, procedure]));
  }

  /** @throws ProcedureError for a name that is not offered. */
  of(name: string): ProcedureDescription {
    const procedure = this.#procedures.get(name);
    if (procedure === undefined) fail(NO_SUCH_PROCEDURE, `there is no procedure ${quote(name)}`);
    const known = this.#told.get(name);
    if (known !== undefined) return known;
    const told = descriptionOf(procedure);
    this.#told.set(name, told);
    return told;
  }
}

function descriptionOf({ name, description, contracted }: Describable): ProcedureDescription {
  const schemas: Partial<Record<DescribedPart, JsonSchema>> = {};
  const omitted: Partial<Record<DescribedPart, Omission>> = {};
  for (const part of PARTS) {
    const schema = contracted?.schemas[part];
    if (schema === undefined) continue;
    const told = jsonSchemaOf(schema);
    if (told.omission === undefined) schemas[part] = told.schema;
    else omitted[part] = told.omission;
  }
  return {
    ...{ name, description, ...schemas },
    idempotent: contracted?.idempotent ?? false,
    timeoutMs: contracted?.timeoutMs,
    maxBytes: contracted?.maxBytes,
    ...(Object.keys(omitted).length > 0 && { omitted }),
  };
}

/** `rpcudp list`: shows which procedures a peer offers, or what it tells of one of them. */
import type { Outcome, Resolved } from '../api/outcome.js';
import { NO_SUCH_PROCEDURE } from '../description/description.js';
import type {
  DescribedPart,
  EndpointDescription,
  ProcedureDescription,
} from '../description/description.js';
import { createEndpoint } from '../endpoint/endpoint.js';
import { LIMITS } from '../engine/limits.js';
import { formatJson } from '../legible/json.js';
import { printable, printableName } from '../legible/printable.js';
import type { CallHeaders } from '../wire/headers.js';
import { askForListing, askForProcedure } from './asking.js';
import type { Asked } from './asking.js';
import { EXIT_CODE } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { interruption } from './interruption.js';
import { exitCodeOf, explainOutcome } from './outcome-report.js';
import { signatureOf } from './signature.js';
import type { World } from './world.js';

export interface ListOptions {
  readonly timeout?: number;
  readonly header?: CallHeaders;
  readonly json?: boolean;
}

const MAX_NAME_COLUMN = 32;

/**
 * Asks the peer to describe itself, and prints what it tells. If it tells nothing, a sentence on
 * stderr says what is known.
 *
 * @throws AddressError, OptionError, UnencodableError; DescriptionError for what cannot be read.
 */
export async function list(
  world: World,
  address: string,
  procedure: string | undefined,
  { timeout = LIMITS.timeoutMs.standard, header, json = false }: ListOptions,
): Promise<ExitCode> {
  const signal = interruption(world, 'SIGINT');
  await using endpoint = await createEndpoint();
  const peer = endpoint.peer(address);
  const options = { timeoutMs: timeout, headers: header, signal };
  const asked: Asked<EndpointDescription | ProcedureDescription> =
    procedure === undefined
      ? await askForListing(peer, options)
      : await askForProcedure(peer, procedure, options);
  if (asked.told === undefined) {
    world.stderr.print(`error: ${explain(asked.outcome, address, procedure)}`);
    return exitCodeOf(asked.outcome);
  }
  const { told } = asked;
  if (json) world.stdout.print(formatJson('more' in told ? withoutMore(told) : told));
  else if (!('more' in told)) printProcedure(world, told);
  else if (told.procedures.length > 0) printListing(world, told);
  else world.stderr.print(`${address} offers no procedures`);
  return EXIT_CODE.success;
}

function withoutMore({ more, ...told }: EndpointDescription): object {
  return told;
}

function explain(
  outcome: Exclude<Outcome, Resolved>,
  address: string,
  procedure: string | undefined,
): string {
  if (outcome.state === 'rejected' && outcome.error.code === 'unknownProcedure') {
    return (
      `${address} is an rpcudp endpoint, but does not describe itself: ` +
      `createEndpoint({ describe: true }), or rpcudp serve --describe`
    );
  }
  if (outcome.state === 'rejected' && outcome.error.code === NO_SUCH_PROCEDURE) {
    return `${address} offers no procedure ${printableName(procedure ?? '')}`;
  }
  if (outcome.state === 'cancelled') return 'interrupted';
  const said = explainOutcome(outcome, address);
  return outcome.state === 'timedOut' && outcome.verdict === 'probeUnanswered'
    ? `${said}; a peer that speaks only rpcudp 5.x cannot describe itself`
    : said;
}

function printListing({ stdout }: World, { procedures }: EndpointDescription): void {
  const rows = procedures.map(({ name, description = '' }) => ({
    name: printableName(name),
    description: printable(description),
  }));
  const longest = Math.max(...rows.map(({ name }) => name.length));
  const width = Math.min(longest, MAX_NAME_COLUMN);
  for (const { name, description } of rows) {
    stdout.print(`${name.padEnd(width)}  ${description}`.trimEnd());
  }
}

function printProcedure({ stdout }: World, told: ProcedureDescription): void {
  const { description, idempotent, timeoutMs, maxBytes } = told;
  stdout.print(signatureOf(told));
  if (description !== undefined) stdout.print(`\n${printable(description)}`);
  const options = [
    idempotent ? 'idempotent' : 'not idempotent',
    ...(timeoutMs === undefined ? [] : [`time-out ${timeoutMs.toLocaleString('en')} ms`]),
    ...(maxBytes === undefined ? [] : [`at most ${maxBytes.toLocaleString('en')} bytes`]),
  ];
  stdout.print(`\n${options.join(', ')}`);
  for (const part of ['args', 'result'] as const) stdout.print(`\n${part}: ${partOf(told, part)}`);
}

const OMITTED = {
  tooLarge: '(a schema that is too large for a reply)',
  untold: '(a schema that cannot be told as JSON Schema)',
} as const;

function partOf(told: ProcedureDescription, part: DescribedPart): string {
  const schema = told[part];
  if (schema !== undefined) return formatJson(schema);
  const omission = told.omitted?.[part];
  return omission === undefined ? '(no schema)' : OMITTED[omission];
}

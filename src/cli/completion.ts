/** Completion: what may come next on a command line, taken from the program and from the peer. */
import type { Argument, Command, Option } from 'commander';
import { createEndpoint } from '../endpoint/endpoint.js';
import { printable } from '../legible/printable.js';
import { askForListing } from './asking.js';

/** A word that may come next, and what it means. */
export interface Offer {
  readonly word: string;
  readonly explanation: string;
}

/** Gives the procedures of the peer at an address; none if it does not describe itself. */
export type AskPeer = (address: string) => Promise<readonly Offer[]>;

/** How long Tab waits for a peer, in milliseconds. */
const MAX_WAIT_MS = 2_000;
/** More would fill the screen. */
const MAX_OFFERS = 500;

/**
 * Words with other characters are not offered: they are a stranger's, and mean something to shells.
 */
const PLAIN = /^[\w@%+./-]{1,128}$/;

/** The arguments that procedures of a peer stand for, behind that of its address. */
const ADDRESS = 'host:port';
const PROCEDURE = 'procedure';

/**
 * What may stand in place of the last of `words`, which may be empty or a beginning. Nothing where
 * a file may, and where anything may.
 */
export async function offersFor(
  program: Command,
  words: readonly string[],
  askPeer: AskPeer,
): Promise<readonly Offer[]> {
  const before = words.slice(0, -1);
  const typed = words.at(-1) ?? '';
  const offers = await allOffers(program, before, typed, askPeer);
  return offers
    .filter(({ word }) => word.startsWith(typed) && PLAIN.test(word))
    .slice(0, MAX_OFFERS);
}

async function allOffers(
  program: Command,
  before: readonly string[],
  typed: string,
  askPeer: AskPeer,
): Promise<readonly Offer[]> {
  const [name, ...rest] = before;
  if (name === undefined) {
    return typed.startsWith('-') ? optionOffers(program) : commandOffers(program);
  }
  const command = program.commands.find((one) => one.name() === name);
  if (command === undefined) return [];
  const { given, open, ended } = readWords(command, rest);
  if (open) return [];
  if (typed.startsWith('-') && !ended) return optionOffers(command);
  const argument = command.registeredArguments[given.length];
  if (argument?.name() === PROCEDURE) {
    const address = given[nameOf(command.registeredArguments, ADDRESS)];
    return address === undefined ? [] : await askPeer(address);
  }
  return (argument?.argChoices ?? []).map((word) => ({ word, explanation: '' }));
}

function nameOf(declared: readonly Argument[], name: string): number {
  return declared.findIndex((argument) => argument.name() === name);
}

/** The arguments among the words; whether an option wants the next word; whether options ended. */
function readWords(
  command: Command,
  words: readonly string[],
): { readonly given: readonly string[]; readonly open: boolean; readonly ended: boolean } {
  const given: string[] = [];
  let open = false;
  let ended = false;
  for (const word of words) {
    if (open) open = false;
    else if (ended || !word.startsWith('-') || word === '-') given.push(word);
    else if (word === '--') ended = true;
    else open = wantsValue(command.options, word);
  }
  return { given, open, ended };
}

function wantsValue(options: readonly Option[], word: string): boolean {
  return options.find(({ long, short }) => long === word || short === word)?.required === true;
}

function commandOffers(program: Command): Offer[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map((command) => ({
      word: command.name(),
      explanation: command.description(),
    }));
}

function optionOffers(command: Command): Offer[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, description }) => ({ word: long ?? '', explanation: description }));
}

/** The lines that the scripts of the shells read. */
export function linesOf(offers: readonly Offer[]): string[] {
  return offers.map(({ word, explanation }) => `${word}\t${printable(explanation)}`);
}

/** Asks for a short time, and takes whatever goes wrong for silence. */
export const askPeerNow: AskPeer = async (address) => {
  try {
    await using endpoint = await createEndpoint();
    const { told } = await askForListing(endpoint.peer(address), {
      timeoutMs: MAX_WAIT_MS,
      headers: undefined,
      signal: new AbortController().signal,
    });
    // What looks like an option would be taken for one.
    const names = (told?.procedures ?? []).filter(({ name }) => !name.startsWith('-'));
    return names.map(({ name, description = '' }) => ({ word: name, explanation: description }));
  } catch {
    return [];
  }
};

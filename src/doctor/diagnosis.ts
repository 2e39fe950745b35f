/** Diagnosis: what the evidence means. It rests on what was seen alone, and never on a guess. */
import { type ClassName, CLASSES } from './class.js';
import type { Evidence, MappingEvidence, PresenceEvidence } from './evidence.js';
import { NOBODY_LISTENS } from './refusal.js';
import { bytes, list, percent, seconds } from './words.js';

/** From here on a stall spoils what was heard, and an examination is repeated once. */
const MAX_STALL_MS = 1_000;
const MAX_CLOCK_JUMP_MS = 1_000;
/** A path is lossy if, with 95 % confidence, at least so much is lost. */
const LOSSY_FROM = 0.01;
/** One port is answered at least so often, of 10 times, and the other never: it is not loss. */
const SURELY_ANSWERED = 8;

/** ICMP errors of the network and its firewalls, as the kernel reports them. */
const UNREACHABLE = new Set([
  ...['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'ENONET', 'ENOPROTOOPT', 'EPROTO'],
]);

/** A class that holds, and what was seen of it, as a sentence. */
interface Ruling {
  readonly name: ClassName;
  readonly because: string;
}

export interface Diagnosis extends Ruling {
  readonly exitCode: number;
  readonly advice: string;
  /** Other classes that hold as well. */
  readonly also: readonly Ruling[];
}

/** Whether this process itself was so disturbed that what it did not hear proves nothing. */
export function isDisturbed({ longestStallMs, clockJumpMs }: Evidence['process']): boolean {
  return longestStallMs >= MAX_STALL_MS || Math.abs(clockJumpMs) >= MAX_CLOCK_JUMP_MS;
}

/** The diagnosis, with the first ruling that holds. Pure: the same evidence, the same diagnosis. */
export function diagnose(evidence: Evidence): Diagnosis {
  const [first, ...also] = rulings(evidence);
  const { name, because } = first ?? healthy(evidence);
  const { exitCode, advice } = CLASSES[name];
  return { name, because, exitCode, advice, also };
}

/** All that holds, what explains the others first. Empty if nothing is wrong. */
function rulings(evidence: Evidence): Ruling[] {
  const [preferred] = evidence.presence;
  if (preferred === undefined) return [nameUnknown(evidence)];
  return preferred.answered > 0 ? ofPresent(evidence) : ofSilent(evidence, preferred);
}

/** It answers. What was heard holds even if this process was disturbed; what was not, does not. */
function ofPresent(evidence: Evidence): Ruling[] {
  return [
    ...localStall(evidence),
    ...mappingTrouble(evidence),
    ...severalAddresses(evidence),
    ...lossy(evidence),
    ...sizeLimited(evidence),
  ];
}

function ofSilent(evidence: Evidence, preferred: PresenceEvidence): Ruling[] {
  // Each of these was heard, so that no stall can explain it.
  const heard = [
    ...severalAddresses(evidence),
    ...answeredElsewhere(evidence, preferred),
    ...localRefusal(evidence, preferred),
    ...chosenPort(evidence),
    ...icmp(evidence, preferred),
    ...oldServer(evidence, preferred),
  ];
  if (heard.length > 0) return [...heard, ...localStall(evidence)];
  const stalled = localStall(evidence);
  if (stalled.length > 0) return stalled;
  return [silence(evidence, preferred)];
}

function nameUnknown({ name, target }: Evidence): Ruling {
  const why =
    name?.error === undefined ? 'no address' : `${name.error.code}: ${name.error.message}`;
  return { name: 'nameUnknown', because: `The look-up of ${target} gave ${why}.` };
}

function localStall({ process }: Evidence): Ruling[] {
  if (!isDisturbed(process)) return [];
  const { longestStallMs, clockJumpMs, examinations } = process;
  const facts = [
    ...(longestStallMs >= MAX_STALL_MS ? [`stood still for ${seconds(longestStallMs)}`] : []),
    ...(Math.abs(clockJumpMs) >= MAX_CLOCK_JUMP_MS
      ? [`saw the time of day jump by ${seconds(clockJumpMs)}`]
      : []),
  ];
  const again = examinations > 1 ? ', and again when the examination was repeated' : '';
  return [{ name: 'localStall', because: `This process ${list(facts)}${again}.` }];
}

function severalAddresses({ name, presence }: Evidence): Ruling[] {
  if (name === undefined) return [];
  const isThere = ({ answered }: PresenceEvidence) => answered > 0;
  const answering = presence.filter(isThere).map(({ address }) => address);
  // Where this machine cannot send at all, as to IPv6 without a route, no client does either.
  const isSilent = (one: PresenceEvidence, index: number) =>
    !isThere(one) && (index === 0 || one.taken > 0);
  const silent = presence.filter(isSilent).map(({ address }) => address);
  if (answering.length === 0 || silent.length === 0) return [];
  const because = `Of the addresses of the name ${list(answering)} answered, and ${list(silent)} did not.`;
  return [{ name: 'severalAddresses', because }];
}

function answeredElsewhere({ call }: Evidence, { address, elsewhere }: PresenceEvidence): Ruling[] {
  const from = call?.answer?.from;
  const others = from === undefined || from === address ? elsewhere : [...elsewhere, from];
  if (others.length === 0) return [];
  const because = `${address} was asked, and ${list(others)} answered with the right id.`;
  return [{ name: 'answeredElsewhere', because }];
}

/** The socket that is not connected hears no ICMP, so what it was refused is of this machine. */
function localRefusal({ conntrack }: Evidence, presence: PresenceEvidence): Ruling[] {
  const { refused, taken, address } = presence;
  if (refused.includes('EPERM') && conntrack !== undefined && conntrack.count >= conntrack.max) {
    const { count, max } = conntrack;
    const because = `Sends end with EPERM, and the table of connections is full: ${count} of ${max}.`;
    return [{ name: 'conntrack', because }];
  }
  if (refused.length === 0 || taken > 0) return [];
  const because = `This machine did not send to ${address}: ${list(refused)}.`;
  return [{ name: 'localRefusal', because }];
}

/** Only a port that the user chose can have an entry from before. */
function chosenPort({ ports }: Evidence): Ruling[] {
  if (ports?.isChosen !== true) return [];
  const { first, fresh } = ports;
  if (first.answered > 0 || fresh.answered < SURELY_ANSWERED) return [];
  const because =
    `Local port ${first.port} was answered 0 of ${first.asked} times, and a fresh port ` +
    `${fresh.answered} of ${fresh.asked} times.`;
  return [{ name: 'conntrack', because }];
}

function icmp({ refusal }: Evidence, { address }: PresenceEvidence): Ruling[] {
  if (refusal === undefined || refusal.answered) return [];
  if (refusal.errors.includes(NOBODY_LISTENS)) {
    const because = `ICMP says that this port is unreachable: ${address} (${NOBODY_LISTENS}).`;
    return [{ name: 'nobodyListens', because }];
  }
  const errors = refusal.errors.filter((code) => UNREACHABLE.has(code));
  if (errors.length === 0) return [];
  return [{ name: 'unreachable', because: `The kernel reports ${list(errors)} for ${address}.` }];
}

function oldServer({ call }: Evidence, { address }: PresenceEvidence): Ruling[] {
  const answer = call?.answer;
  if (call === undefined || answer?.from !== address || answer.native) return [];
  const because = `${address} answered ${call.procedure} without a header map, and no probe.`;
  return [{ name: 'oldServer', because }];
}

/** Nothing was heard at all. */
function silence({ control, call, refusal, ports }: Evidence, presence: PresenceEvidence): Ruling {
  const { address, sent } = presence;
  const asked = call === undefined ? '' : ` nor ${call.procedure}`;
  const silent = `${address} answered none of ${sent} probes${asked}`;
  if (refusal?.answered === true) {
    const { fresh } = ports ?? {};
    const times = fresh === undefined ? '' : ` (${fresh.answered} of ${fresh.asked} times)`;
    const because = `${silent} from one local port, but those from another${times}.`;
    return { name: 'cannotTell', because };
  }
  if (control === undefined) return { name: 'cannotTell', because: `${silent}.` };
  const others = `of ${control.ports.length} ports of that host that should be closed`;
  if (control.refused === 0) {
    const because =
      `${silent}, and ${others} none was reported as closed: the host is down, or something on ` +
      'the way swallows everything.';
    return { name: 'cannotTell', because };
  }
  const because =
    `${silent}, while ${others} ${control.refused} were reported as closed: a firewall for this ` +
    'port, a program that speaks something else, or an old rpcudp server without that procedure.';
  return { name: 'swallowed', because };
}

function mappingTrouble({ mapping }: Evidence): Ruling[] {
  if (mapping === undefined) return [];
  const { localPort, idleMs, answered, freshAnswered } = mapping;
  const seen = distinct(mapping);
  if (seen.length > 1) {
    const because = `The server saw local port ${localPort} as ${list(seen)}.`;
    return [{ name: 'natTrouble', because }];
  }
  if (answered || !freshAnswered) return [];
  const because =
    `Local port ${localPort} was answered, and after ${seconds(idleMs)} without traffic it was not, ` +
    'while a fresh port was.';
  return [{ name: 'natTrouble', because }];
}

function distinct({ callers }: MappingEvidence): string[] {
  return [...new Set(callers)];
}

function lossy({ loss }: Evidence): Ruling[] {
  if (loss === undefined || loss.rate.low < LOSSY_FROM) return [];
  const { sent, lost, rate } = loss;
  const because =
    `${lost} of ${sent} probes or their answers were lost: ${percent(rate.low)} to ` +
    `${percent(rate.high)} of both directions together, with 95 % confidence.`;
  return [{ name: 'lossy', because }];
}

function sizeLimited({ sizes }: Evidence): Ruling[] {
  const { there, back } = sizes ?? {};
  const limits = [
    ...(there?.blockedBytes === undefined
      ? []
      : [`to the server ${bytes(there.passedBytes)}, not ${bytes(there.blockedBytes)}`]),
    ...(back?.blockedBytes === undefined
      ? []
      : [`back ${bytes(back.passedBytes)}, not ${bytes(back.blockedBytes)}`]),
  ];
  if (limits.length === 0) return [];
  return [{ name: 'sizeLimited', because: `What passes: ${list(limits)}.` }];
}

function healthy({ presence, loss }: Evidence): Ruling {
  const [first] = presence;
  const heard = loss === undefined ? '' : `, ${loss.sent - loss.lost} of ${loss.sent} probes`;
  return { name: 'healthy', because: `${first?.address ?? ''} answers${heard}.` };
}

/** Findings: what each examination saw, in words, for the table of `rpcudp doctor`. */
import { isDisturbed } from './diagnosis.js';
import type {
  CallEvidence,
  DescriptionEvidence,
  DirectionEvidence,
  Evidence,
  LossEvidence,
  MappingEvidence,
  PresenceEvidence,
} from './evidence.js';
import { bytes, list, milliseconds, percent, seconds } from './words.js';

/** `fine`, `bad`, something else `seen`, or `unclear`: it cannot be told. */
export type Sign = 'fine' | 'bad' | 'seen' | 'unclear';

/** A row of the table. Its text can have text from strangers: it must be escaped. */
export interface Finding {
  readonly examination: string;
  readonly sign: Sign;
  readonly text: string;
}

/** One for each examination that was made, in their order. */
export function findingsOf(evidence: Evidence): Finding[] {
  const { name, presence, description, loss, mapping, call } = evidence;
  return [
    ...(name === undefined ? [] : [ofName(name.addresses)]),
    ...presence.map(ofPresence),
    ...ofRefusal(evidence),
    ...ofControl(evidence),
    ...(call === undefined ? [] : [ofCall(call)]),
    ...ofPorts(evidence),
    ...(description === undefined ? [] : [ofDescription(description), ofNat(evidence)]),
    ...(loss === undefined ? [] : [ofLoss(loss)]),
    ...ofSizes(evidence),
    ...(mapping === undefined ? [] : [ofMapping(mapping)]),
    ...ofConntrack(evidence),
    ofProcess(evidence),
  ];
}

function ofName(addresses: readonly string[]): Finding {
  const sign = addresses.length === 0 ? 'bad' : addresses.length === 1 ? 'fine' : 'seen';
  const text = addresses.length === 0 ? 'no address' : list(addresses);
  return { examination: 'name', sign, text };
}

function ofPresence(presence: PresenceEvidence): Finding {
  const { address, sent, answered, rttMs = 0, elsewhere, copies, refused } = presence;
  const examination = 'presence';
  const also = elsewhere.length === 0 ? '' : `; ${list(elsewhere)} answered`;
  const twice = copies === 0 ? '' : `; ${copies} answers were copies`;
  if (answered > 0) {
    const text = `${address} answered a probe after ${milliseconds(rttMs)}${also}${twice}`;
    return { examination, sign: elsewhere.length > 0 ? 'seen' : 'fine', text };
  }
  const why = refused.length === 0 ? '' : `; the kernel refused to send (${list(refused)})`;
  return { examination, sign: 'bad', text: `${address}: no answer to ${sent} probes${also}${why}` };
}

function ofRefusal({ refusal }: Evidence): Finding[] {
  if (refusal === undefined) return [];
  const { answered, errors, sent } = refusal;
  const examination = 'refusal';
  if (answered) return [{ examination, sign: 'fine', text: 'none; a fresh port was answered' }];
  if (errors.length > 0) {
    return [{ examination, sign: 'bad', text: `the kernel reports ${list(errors)}` }];
  }
  const text = `no ICMP and no answer to ${sent} probes from a fresh port`;
  return [{ examination, sign: 'unclear', text }];
}

function ofControl({ control }: Evidence): Finding[] {
  if (control === undefined) return [];
  const { ports, refused } = control;
  const others = `${ports.length} other ports (${ports.join(', ')})`;
  const text = `${refused} of ${others} report that they are closed`;
  return [{ examination: 'control', sign: refused > 0 ? 'seen' : 'unclear', text }];
}

function ofCall({ procedure, sent, answer, caller }: CallEvidence): Finding {
  const examination = 'old server';
  if (answer === undefined) {
    const text = `no answer to ${procedure}, asked ${sent} times`;
    return { examination, sign: 'unclear', text };
  }
  const kind = answer.native ? 'an rpcudp endpoint' : 'no header map: rpcudp 5.x or older';
  const what = answer.code === undefined ? answer.type : `${answer.type} ${answer.code}`;
  const seenAs = caller === undefined ? '' : `; it sees us as ${caller}`;
  const text = `${answer.from} answered ${procedure} (${what}), ${kind}${seenAs}`;
  return { examination, sign: 'seen', text };
}

function ofPorts({ ports }: Evidence): Finding[] {
  if (ports === undefined) return [];
  const { first, fresh } = ports;
  const text =
    `port ${first.port} was answered ${first.answered} of ${first.asked} times, a fresh one ` +
    `${fresh.answered} of ${fresh.asked} times`;
  return [{ examination: 'local ports', sign: first.answered === 0 ? 'bad' : 'unclear', text }];
}

function ofDescription({ state, code, version, features }: DescriptionEvidence): Finding {
  const examination = 'version';
  if (state === 'silent') {
    return { examination, sign: 'unclear', text: 'cannot tell: no answer to rpcudp.describe' };
  }
  if (state === 'refused') {
    const text = `not told: the endpoint does not describe itself (${code ?? 'no code'})`;
    return { examination, sign: 'seen', text };
  }
  const has = features === undefined || features.length === 0 ? '' : `, with ${list(features)}`;
  return { examination, sign: 'fine', text: `${version ?? 'not told'}${has}` };
}

/** What the server sees as our address, beside what the socket says. */
function ofNat({ description, refusal, presence }: Evidence): Finding {
  const examination = 'NAT';
  const caller = description?.caller;
  const [first] = presence;
  if (caller === undefined || refusal === undefined || first === undefined) {
    const text = 'cannot tell: the server does not say which address it sees';
    return { examination, sign: 'unclear', text };
  }
  const host = refusal.localHost;
  const local = host.includes(':') ? `[${host}]:${first.localPort}` : `${host}:${first.localPort}`;
  return caller === local
    ? { examination, sign: 'fine', text: `none: the server sees ${caller}` }
    : { examination, sign: 'seen', text: `the server sees ${caller}, and here it is ${local}` };
}

function ofLoss({ sent, lost, rate, rttMs }: LossEvidence): Finding {
  const { p50, p95, max } = rttMs;
  const times =
    p50 === undefined || p95 === undefined || max === undefined
      ? ''
      : `; half within ${milliseconds(p50)}, 95 % within ${milliseconds(p95)}, ` +
        `all within ${milliseconds(max)}`;
  const interval = `${percent(rate.low)} to ${percent(rate.high)}`;
  const text = `${lost} of ${sent} probes or answers lost (${interval})${times}`;
  return { examination: 'loss', sign: lost === 0 ? 'fine' : 'bad', text };
}

function ofSizes({ sizes }: Evidence): Finding[] {
  if (sizes === undefined) return [];
  const { there, back } = sizes;
  return [
    ofDirection('sizes there', there),
    back === undefined
      ? {
          examination: 'sizes back',
          sign: 'unclear',
          text: 'cannot tell: the server does not pad its answers',
        }
      : ofDirection('sizes back', back, there),
  ];
}

function ofDirection(
  examination: string,
  { passedBytes, blockedBytes, unclearBytes }: DirectionEvidence,
  there?: DirectionEvidence,
): Finding {
  const passes = `${bytes(passedBytes)} pass`;
  if (blockedBytes !== undefined) {
    return { examination, sign: 'bad', text: `${passes}, ${bytes(blockedBytes)} do not` };
  }
  if (unclearBytes !== undefined) {
    const text = `${passes}; from ${bytes(unclearBytes)} cannot tell, for loss alone may explain it`;
    return { examination, sign: 'unclear', text };
  }
  const isBounded = there?.passedBytes === passedBytes;
  const isAll = there?.blockedBytes === undefined && there?.unclearBytes === undefined;
  if (!isBounded || isAll)
    return { examination, sign: 'fine', text: `up to ${bytes(passedBytes)}` };
  const text = `${passes}, as much as reaches the server; more cannot be told`;
  return { examination, sign: 'seen', text };
}

function ofMapping({
  localPort,
  idleMs,
  answered,
  freshAnswered,
  callers,
}: MappingEvidence): Finding {
  const examination = 'mapping';
  const seen = [...new Set(callers)];
  if (seen.length > 1) {
    return { examination, sign: 'bad', text: `port ${localPort} was seen as ${list(seen)}` };
  }
  const after = `after ${seconds(idleMs)} without traffic`;
  if (answered)
    return { examination, sign: 'fine', text: `port ${localPort} still works ${after}` };
  return {
    examination,
    sign: freshAnswered ? 'bad' : 'unclear',
    text:
      `port ${localPort} was silent ${after}; a fresh port ` +
      (freshAnswered ? 'was answered' : 'was silent, too'),
  };
}

function ofConntrack({ conntrack }: Evidence): Finding[] {
  if (conntrack === undefined) return [];
  const { count, max } = conntrack;
  const sign = count >= max ? 'bad' : 'fine';
  return [{ examination: 'conntrack', sign, text: `${count} of ${max} connections` }];
}

function ofProcess({ process }: Evidence): Finding {
  const { longestStallMs, clockJumpMs, examinations, ignored } = process;
  const text = [
    `longest stall ${milliseconds(longestStallMs)}`,
    `clock moved by ${milliseconds(clockJumpMs)}`,
    ...(ignored === 0 ? [] : [`${ignored} datagrams answered nothing`]),
    ...(examinations === 1 ? [] : ['examined twice, because of a stall']),
  ].join('; ');
  return { examination: 'this process', sign: isDisturbed(process) ? 'bad' : 'fine', text };
}

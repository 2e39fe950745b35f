/**
 * Evidence: what an examination has seen, as plain data. `rpcudp doctor --json` prints it. Nothing
 * in it is a judgement; findings and the diagnosis are made of it alone.
 */
import type { Interval } from './statistics.js';

/** Times are in milliseconds, rounded to microseconds; sizes are bytes of UDP payload. */
export interface Evidence {
  /** As it was given. */
  readonly target: string;
  /** Only for a host name. */
  readonly name?: NameEvidence;
  /** One for each address, the preferred one first. All that follows is about the first. */
  readonly presence: readonly PresenceEvidence[];
  /** From a fresh local port, which hears ICMP. */
  readonly refusal?: RefusalEvidence;
  /** Ports of the same host that nobody should listen on. Asked only when there is silence. */
  readonly control?: ControlEvidence;
  /** A procedure that an old server may have. Asked only when there is silence. */
  readonly call?: CallEvidence;
  /** The first local port and a fresh one, asked in turn. Only if the first was not answered. */
  readonly ports?: PortsEvidence;
  readonly description?: DescriptionEvidence;
  readonly loss?: LossEvidence;
  readonly sizes?: SizesEvidence;
  readonly mapping?: MappingEvidence;
  readonly conntrack?: ConntrackEvidence;
  readonly process: ProcessEvidence;
}

export interface NameEvidence {
  /** At most 8 of them are examined. */
  readonly addresses: readonly string[];
  /** Why there is none: the code of the system's resolver, and its words. */
  readonly error?: { readonly code: string; readonly message: string };
}

export interface PresenceEvidence {
  readonly address: string;
  /** The local port that asked. */
  readonly localPort: number;
  readonly sent: number;
  /** How many of them the kernel took. */
  readonly taken: number;
  readonly answered: number;
  readonly rttMs?: number;
  /** Other addresses that answered with the right id. At most 8. */
  readonly elsewhere: readonly string[];
  /** How many answers were copies. */
  readonly copies: number;
  /** Why the kernel did not take a probe: the codes of its errors. */
  readonly refused: readonly string[];
}

export interface RefusalEvidence {
  readonly sent: number;
  readonly answered: boolean;
  /** The codes of what the kernel reported: `ECONNREFUSED` is ICMP's "port unreachable". */
  readonly errors: readonly string[];
  /** The local address by which the host is reached. */
  readonly localHost: string;
}

export interface ControlEvidence {
  readonly ports: readonly number[];
  /** Of how many ports the kernel reported `ECONNREFUSED`. */
  readonly refused: number;
}

export interface CallEvidence {
  readonly procedure: string;
  readonly sent: number;
  readonly answer?: {
    /** `response` or `error`. */
    readonly type: string;
    readonly from: string;
    /** Whether it carries a header map, as every answer of this package does. */
    readonly native: boolean;
    /** Of an error. */
    readonly code?: string;
    readonly afterMs: number;
  };
  /** Our address as the server sees it, if the procedure is one that tells it. */
  readonly caller?: string;
}

export interface PortsEvidence {
  readonly first: { readonly port: number; readonly asked: number; readonly answered: number };
  /** Whether the user chose the first port, so that it may have been used before. */
  readonly isChosen: boolean;
  readonly fresh: { readonly asked: number; readonly answered: number };
}

export interface DescriptionEvidence {
  /** `told`, `refused` with a code, or `silent`. */
  readonly state: 'told' | 'refused' | 'silent';
  readonly code?: string;
  readonly version?: string;
  readonly features?: readonly string[];
  /** Our address as the server sees it. */
  readonly caller?: string;
}

export interface LossEvidence {
  readonly sent: number;
  readonly lost: number;
  /** Of both directions together, with 95 % confidence. */
  readonly rate: Interval;
  readonly rttMs: { readonly p50?: number; readonly p95?: number; readonly max?: number };
}

/** What passes in one direction. */
export interface DirectionEvidence {
  /** The largest datagram that passed. */
  readonly passedBytes: number;
  /** The smallest datagram that did not pass, for no other reason than its size. */
  readonly blockedBytes?: number;
  /** The smallest datagram that was not answered, perhaps because it was lost. */
  readonly unclearBytes?: number;
  /** How many probes were sent. */
  readonly sent: number;
}

export interface SizesEvidence {
  readonly there: DirectionEvidence;
  /** Undefined if the server does not pad its answers: then it cannot be told. */
  readonly back?: DirectionEvidence;
}

/** The local port that asked first, after it was idle. */
export interface MappingEvidence {
  readonly localPort: number;
  readonly idleMs: number;
  readonly answered: boolean;
  /** Whether a fresh port was answered at that time. */
  readonly freshAnswered: boolean;
  /** Our address as the server saw it at first, at once again, and after the idle time. */
  readonly callers: readonly string[];
}

/** How many connections Linux tracks, and how many it can. */
export interface ConntrackEvidence {
  readonly count: number;
  readonly max: number;
}

/** How this process itself did during the examination. */
interface ProcessEvidence {
  readonly tookMs: number;
  /** For how long its event loop stood still at most. */
  readonly longestStallMs: number;
  /** How far the time of day moved beside the monotonic clock. */
  readonly clockJumpMs: number;
  /** How many examinations were made; 2 if the first was spoiled by a stall. */
  readonly examinations: number;
  /** Datagrams that answered nothing that was asked. */
  readonly ignored: number;
}

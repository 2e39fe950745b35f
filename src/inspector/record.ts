/**
 * Records: what an inspected endpoint reports, each a JSON object. Feeds carry records, recording
 * files hold them, the page and `rpcudp top` show them.
 *
 * Each endpoint numbers its own records. `endpoint` and `seq` together identify a record, and a gap
 * in the numbers means that records were lost on the way. Times are Unix milliseconds with a
 * fraction, so that times of two processes can be compared.
 */
import {
  boolean,
  literal,
  object,
  optional,
  picklist,
  record,
  safeParse,
  string,
  variant,
} from 'valibot';
import type { InferOutput } from 'valibot';
import { countsRecord, failuresRecord, peerRecord } from './fact-records.js';
import { actorKey, machineRecords } from './machine-record.js';
import { legible, list, table } from './record-bounds.js';
import { common, count, real } from './record-parts.js';

const machineName = picklist(['endpoint', 'socket', 'peer', 'call', 'notification', 'handler']);

const chart = object({
  initial: string(),
  states: list(object({ name: string(), description: optional(string()), final: boolean() })),
  /** `from` is `*` for a transition from any state. A transition without `to` keeps the state. */
  transitions: list(object({ from: string(), event: string(), to: optional(string()) })),
});

/**
 * An endpoint opened, or the inspector was attached to it. This record comes first, and again at
 * the head of each part of a recording.
 */
const endpointRecord = object({
  type: literal('endpoint'),
  ...common,
  /** The display name. */
  name: string(),
  address: string(),
  processId: count,
  version: string(),
  charts: record(machineName, chart),
});

/**
 * The endpoint closed, or the actors of the program are no longer watched; or the feed ended and
 * nobody knows more, which the hub reports with `lost`.
 */
const closedRecord = object({
  type: literal('endpoint.closed'),
  ...common,
  /** The reason, if the endpoint closed because of an error. */
  error: optional(string()),
  /** The feed broke off: what happened to the endpoint is not known. */
  lost: optional(literal(true)),
  /** There was no feed: a recording ends here. It is `lost`, too. */
  recorded: optional(literal(true)),
});

const transaction = {
  /** The number of the actor, unique in this endpoint. */
  actor: count,
  /** 40 hexadecimal digits, the same at both ends. */
  transactionId: string(),
  /** The canonical address. */
  peer: string(),
  procedure: string(),
  /**
   * As `legible` shows values: bytes, bigints, dates, NaN and the infinities as typed text, masked
   * values as `(masked)`.
   */
  args: list(legible),
  /** The headers of the request, if it has any, shown as the arguments are. */
  headers: optional(table(legible)),
};

/** A call was made. `atMs` is when. */
const callRecord = object({
  type: literal('call'),
  ...common,
  ...transaction,
  /** Which of the user's own actors made it, if one is known. */
  madeBy: optional(actorKey),
  timeoutMs: real,
  /** Absent if the call did not set it: then the request is sent as often as is safe. */
  maxAttempts: optional(count),
  /**
   * The words of the `rpcudp call` command that repeats the call. Absent if a part is masked, or if
   * the command cannot express the arguments.
   */
  command: optional(list(string())),
});

/** A notification was made, or found. `atMs` is when. */
const notificationRecord = object({
  type: literal('notification'),
  ...common,
  ...transaction,
  madeBy: optional(actorKey),
  /** Its key, if it has one. Left out if a part is masked. */
  latest: optional(string()),
});

/** A new request arrived. `atMs` is when. */
const handlerRecord = object({
  type: literal('handler'),
  ...common,
  ...transaction,
  attempt: count,
  /** It is a notification: nothing is sent back. */
  oneWay: optional(literal(true)),
});

/** A call, a notification or a handler took an event. Its state after the event is `state`. */
const stepRecord = object({
  type: literal('step'),
  ...common,
  actor: count,
  /** The event of the machine: `transmitted`, `answered`, `expired`, … */
  event: string(),
  state: string(),
  /** Whether the actor ended with this step. */
  final: boolean(),
  /** For a call: how many times its request had been sent by then. */
  attempt: optional(count),
  /**
   * For a call: its outcome, legible, in the step that gives it. For a handler: `value` or `error`,
   * and `durationMs`.
   */
  outcome: optional(table(legible)),
  value: optional(legible),
  error: optional(legible),
  /** For a handler: the headers of its reply. Those of a call's reply are in its outcome. */
  headers: optional(table(legible)),
  durationMs: optional(real),
  /** How long after the time-out a late answer came. */
  lateByMs: optional(real),
  /**
   * A reason in words, when the event does not tell it: the verdict of a time-out, why it was refused
   * or dropped, how long an answer is overdue, or the address it goes to or was answered from.
   */
  because: optional(string()),
});

/** A datagram was sent or arrived. */
const datagramRecord = object({
  type: literal('datagram'),
  ...common,
  direction: picklist(['in', 'out']),
  peer: string(),
  /** The length of the UDP payload. */
  bytes: count,
  /** Whether the datagram was a bundle. */
  bundle: boolean(),
  /**
   * The datagram was rebuilt from what its call kept, because the call was shown only later.
   * Whether it was sent in a bundle is not known.
   */
  remade: optional(literal(true)),
  /**
   * The code of the error with which the system refused to send it: it never left. Absent for one
   * that was sent.
   */
  refused: optional(string()),
  /** How many frames the datagram had. `frames` leaves out those of calls that are not shown. */
  frameCount: count,
  frames: list(
    object({
      /** `request`, `response`, …; absent if the frame cannot be read. */
      type: optional(string()),
      transactionId: optional(string()),
      /** The bytes of the frame, in base64. */
      base64: string(),
      /** For an inbound frame: what became of it. */
      fate: optional(string()),
      /** Whether `base64` has `(masked)` in place of a part of the frame. */
      masked: optional(literal(true)),
    }),
  ),
});

const inspectionRecord = variant('type', [
  endpointRecord,
  closedRecord,
  callRecord,
  notificationRecord,
  handlerRecord,
  stepRecord,
  datagramRecord,
  failuresRecord,
  peerRecord,
  countsRecord,
  machineRecords,
]);

export type { MachineChart, MachineRecord } from './machine-record.js';

/** Any record. */
export type InspectionRecord = InferOutput<typeof inspectionRecord>;

/** One type of record, for example `RecordOf<'call'>`. */
export type RecordOf<Type extends InspectionRecord['type']> = Extract<
  InspectionRecord,
  { type: Type }
>;

/** A record without the properties that the recorder adds to every record. */
export type Unnumbered<R = InspectionRecord> = R extends InspectionRecord
  ? Omit<R, 'endpoint' | 'seq' | 'atMs'>
  : never;

/** The graph of a machine, read from its definition. */
export type Chart = InferOutput<typeof chart>;

/** Takes records; must not throw. */
export type RecordSink = (inspectionRecord: InspectionRecord) => void;

/**
 * Returns the value as a record, or undefined if it is not a record, or too large to be one.
 * Everything from a file or a feed goes through this check. It ends at the first fault: a list of
 * all of them could take longer than the value itself.
 */
export function readRecord(value: unknown): InspectionRecord | undefined {
  const result = safeParse(inspectionRecord, value, { abortEarly: true });
  return result.success ? result.output : undefined;
}

/**
 * Records: what an inspected endpoint tells, each a JSON object. Feeds carry them, recording files hold them, the page and
 * `rpcudp top` show them.
 *
 * Every endpoint numbers its own records: `endpoint` and `seq` name one, and a number that is missing is a record that was
 * lost on the way. Times are Unix milliseconds with a fraction, so that those of two processes can be compared.
 */
import {
  array,
  boolean,
  entriesFromList,
  finite,
  literal,
  minValue,
  nullable,
  number,
  object,
  optional,
  picklist,
  pipe,
  record,
  safeParse,
  string,
  unknown,
  variant,
} from 'valibot';
import type { InferOutput } from 'valibot';
import { OUTCOME_STATES } from '../api/call-state.js';

/** JSON has no other numbers, but reads 1e999 as Infinity. */
const real = pipe(number(), finite());
const count = pipe(real, minValue(0));

const common = {
  /** The endpoint's own name, unique among those that feed one inspector. */
  endpoint: string(),
  seq: count,
  atMs: real,
};

const machineName = picklist(['endpoint', 'socket', 'peer', 'call', 'handler']);

const chart = object({
  initial: string(),
  states: array(object({ name: string(), description: optional(string()), final: boolean() })),
  /** `from` is `*` for a transition from any state; a transition without `to` stays where it is. */
  transitions: array(object({ from: string(), event: string(), to: optional(string()) })),
});

/** An endpoint opened, or the inspector was attached to it. Comes first; again at the head of each part of a recording. */
const endpointRecord = object({
  type: literal('endpoint'),
  ...common,
  /** What people call it. */
  name: string(),
  address: string(),
  processId: count,
  version: string(),
  charts: record(machineName, chart),
});

/** The endpoint closed; or, as its inspector says, its feed ended without a word. */
const closedRecord = object({
  type: literal('endpoint.closed'),
  ...common,
  /** Why, if nobody asked for it. */
  error: optional(string()),
  /** The feed broke off: nobody knows what became of the endpoint. */
  lost: optional(literal(true)),
});

const transaction = {
  /** The number of its actor, unique in this endpoint. */
  actor: count,
  /** 40 hexadecimal digits: the same at both ends. */
  transactionId: string(),
  /** Canonical address. */
  peer: string(),
  procedure: string(),
  /** As `legible` shows values: bytes as text with their length, bigints with an `n`, what is masked as `(masked)`. */
  args: array(unknown()),
};

/** A call was made, at `atMs`. */
const callRecord = object({
  type: literal('call'),
  ...common,
  ...transaction,
  timeoutMs: real,
  /** Absent: as often as is safe. */
  maxAttempts: optional(count),
  /** The words of `rpcudp call` that make the same call; absent if something in it is masked. */
  command: optional(array(string())),
});

/** A request arrived, at `atMs`, that was not known. */
const handlerRecord = object({
  type: literal('handler'),
  ...common,
  ...transaction,
  attempt: count,
});

/** Something happened to a call or a handler: it took an event, and is in `state` now. */
const stepRecord = object({
  type: literal('step'),
  ...common,
  actor: count,
  /** The machine's event: `transmitted`, `answered`, `expired`, … */
  event: string(),
  state: string(),
  /** Whether the actor ended with it. */
  final: boolean(),
  /** Of a call: how often its request was sent by then. */
  attempt: optional(count),
  /** Of a call: its outcome as it became known, legible. A handler has `value` or `error`, and `durationMs`, in its place. */
  outcome: optional(record(string(), unknown())),
  value: optional(unknown()),
  error: optional(unknown()),
  durationMs: optional(real),
  /** How long after the time-out an answer came. */
  lateByMs: optional(real),
  /** In words, where the event alone does not say it: the verdict of a time-out, why a request was refused. */
  because: optional(string()),
});

/** A datagram that was sent, or arrived. */
const datagramRecord = object({
  type: literal('datagram'),
  ...common,
  direction: picklist(['in', 'out']),
  peer: string(),
  /** Its length on the wire, without IP and UDP headers. */
  bytes: count,
  /** Whether it was a bundle. */
  bundle: boolean(),
  /** Its call was shown only later: it was made again from what that kept, and nobody knows whether it was in a bundle. */
  remade: optional(literal(true)),
  /** How many frames it held; those of calls that are not shown are left out of `frames`. */
  frameCount: count,
  frames: array(
    object({
      /** `request`, `response`, …; absent if it cannot be told. */
      type: optional(string()),
      transactionId: optional(string()),
      /** The frame's bytes, base64. */
      base64: string(),
      /** Of an inbound one: where it went. */
      fate: optional(string()),
      /** Whether `base64` has `(masked)` in place of what was there. */
      masked: optional(literal(true)),
    }),
  ),
});

/** What is known of a peer by now; the next one of the same peer takes its place. */
const peerRecord = object({
  type: literal('peer'),
  ...common,
  peer: string(),
  /** State of the peer's machine. */
  health: string(),
  native: boolean(),
  /** Calls in the window, and how many may be. */
  inWindow: count,
  windowLimit: count,
  /** Depth of the mailbox. */
  queued: count,
  /** Calls that were sent and have no outcome. */
  inFlight: count,
  /** Handlers of its requests that run. */
  running: count,
  roundTripMs: nullable(real),
});

const outcomeCounts = object(entriesFromList(OUTCOME_STATES, count));

/** The endpoint's own counts by now; the next takes its place. Everything since it opened, but for what ends in `Now`. */
const countsRecord = object({
  type: literal('counts'),
  ...common,
  /** `endpoint.stats()`. */
  stats: object({
    received: count,
    framesReceived: count,
    fates: record(string(), count),
    kernelDrops: optional(count),
    attempted: count,
    framesAttempted: count,
    sent: count,
    refused: count,
    outcomes: outcomeCounts,
    requests: record(string(), count),
    queuedNow: count,
    inFlightNow: count,
    lingeringNow: count,
    runningNow: count,
    rememberedNow: count,
    peersNow: count,
  }),
  /** Calls that had an outcome since the inspector was attached, by peer and procedure; the busiest. */
  procedures: array(object({ peer: string(), procedure: string(), outcomes: outcomeCounts })),
  /** How many healthy calls and handlers were counted, but not shown, since the inspector was attached. */
  skipped: object({ calls: count, handlers: count }),
  /** One in so many calls is shown at present; those that go wrong always are. */
  oneIn: count,
});

const inspectionRecord = variant('type', [
  endpointRecord,
  closedRecord,
  callRecord,
  handlerRecord,
  stepRecord,
  datagramRecord,
  peerRecord,
  countsRecord,
]);

/** Any record. */
export type InspectionRecord = InferOutput<typeof inspectionRecord>;

/** One kind of record: `RecordOf<'call'>`. */
export type RecordOf<Type extends InspectionRecord['type']> = Extract<
  InspectionRecord,
  { type: Type }
>;

/** A record without what the recorder adds to all of them. */
export type Unnumbered<R = InspectionRecord> = R extends InspectionRecord
  ? Omit<R, 'endpoint' | 'seq' | 'atMs'>
  : never;

/** A machine as a graph, from its definition. */
export type Chart = InferOutput<typeof chart>;

/** Takes records; must not throw. */
export type RecordSink = (inspectionRecord: InspectionRecord) => void;

/** The value as a record; undefined if it is none. What comes from a file or a feed goes through here. */
export function readRecord(value: unknown): InspectionRecord | undefined {
  const result = safeParse(inspectionRecord, value);
  return result.success ? result.output : undefined;
}

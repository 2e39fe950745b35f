/**
 * What callers infer from a server's handlers. The compiler is the test: `npm run check` fails when
 * a line compiles that must not, or the reverse. Only the last line is run.
 */
import t from 'tap';
import type { SnapshotFrom } from 'xstate';
import type { callMachine } from '../../src/index.js';
import { createEndpoint, fail, handlersOf } from '../../src/index.js';
import type {
  AnyEndpoint,
  Call,
  CallHeaders,
  CallReport,
  ErrorCode,
  Fate,
  HandlerScope,
  HealthReport,
  Outcome,
  Peer,
  PeerHealth,
  PeerOf,
  RemoteError,
  RequestEnding,
  Verdict,
} from '../../src/index.js';
import type { CallState, OutcomeState } from '../../src/api/call-state.js';
import type { VERDICTS } from '../../src/api/verdict.js';
import { ERROR_CODES } from '../../src/wire/error-code.js';
import type { NotRunCode } from '../../src/wire/error-code.js';
import type { Equal, Expect } from '../fixtures/type-equal.js';

const handlers = {
  sayhi: ({ sender }: HandlerScope, name: string) => `Hello ${name} at ${sender.host}`,
  ping: () => undefined,
  find: (_scope: HandlerScope, key: Uint8Array, limit?: number) =>
    Promise.resolve({ key: Buffer.from(key), found: limit ?? 1, at: new Date(0) }),
  count: (_scope: HandlerScope, ...numbers: number[]) => BigInt(numbers.length),
};

class Server {
  private readonly greeting = 'Hello';
  rpc_sayhi(_scope: HandlerScope, name: string): string {
    return `${this.greeting} ${name}`;
  }
  async rpc_slowly(): Promise<number> {
    return Promise.resolve(1);
  }
  other(): void {
    this.greeting.at(0);
  }
}

type Value<C> = C extends Call<infer V> ? V : never;

function ofHandlers(client: AnyEndpoint) {
  const peer = client.peer<typeof handlers>('127.0.0.1:1');
  const found = peer.call('find', [Buffer.alloc(1)]);
  const counted = peer.call('count', [1, 2, 3]);
  const pinged = peer.call('ping');
  const greeted = peer.remote.sayhi('Snake');
  // @ts-expect-error no such procedure
  peer.call('sayho', ['Snake']);
  // @ts-expect-error no such procedure
  const missing: unknown = peer.remote.sayho;
  // @ts-expect-error the argument is a string
  peer.call('sayhi', [1]);
  // @ts-expect-error one argument is too many
  peer.call('sayhi', ['Snake', 'Plissken']);
  // @ts-expect-error the argument is missing
  peer.call('sayhi', []);
  // @ts-expect-error the arguments are missing
  peer.call('sayhi');
  // @ts-expect-error arguments are an array
  peer.call('sayhi', 'Snake');
  // @ts-expect-error every further argument is a number
  peer.remote.count(1, 'two');
  // @ts-expect-error no such option
  peer.call('ping', [], { retries: 3 });
  peer.send({ type: 'call', procedure: 'sayhi', args: ['Snake'], reference: 1 });
  // @ts-expect-error the argument is a string
  peer.send({ type: 'call', procedure: 'sayhi', args: [1] });
  // @ts-expect-error no such command
  peer.send({ type: 'hangUp' });
  peer.on('call.late', (report) => report.lateByMs satisfies number);
  peer.on('call.resolved', (report) => {
    if (report.procedure === 'sayhi') report.outcome.value satisfies string;
    // @ts-expect-error the value may be that of any procedure
    report.outcome.value satisfies string;
  });
  // @ts-expect-error no such report
  peer.on('call.finished', () => undefined);
  peer.on('*', (report) => {
    if ('procedure' in report) report satisfies CallReport;
    else report satisfies HealthReport;
  });
  peer.on('call.overdue', ({ waitedMs }) => waitedMs satisfies number);
  peer.on('peer.silent', ({ unheardForMs }) => unheardForMs satisfies number | undefined);
  // @ts-expect-error it was just heard
  peer.on('peer.responsive', ({ unheardForMs }) => unheardForMs as unknown);
  // @ts-expect-error this health is not reported
  peer.on('peer.unknown', () => undefined);
  return { found, counted, pinged, greeted, missing };
}

type Calls = ReturnType<typeof ofHandlers>;

/** The type of a value after it was sent. */
type Journeys = [
  Expect<Equal<Value<Calls['greeted']>, string>>,
  Expect<Equal<Value<Calls['pinged']>, null>>,
  Expect<Equal<Value<Calls['counted']>, number | bigint>>,
  Expect<Equal<Value<Calls['found']>, { key: Uint8Array; found: number; at: Date }>>,
];

async function ofOutcomes(peer: PeerOf<typeof handlers>) {
  const outcome = await peer.call('sayhi', ['Snake']);
  // @ts-expect-error there is a value only when resolved
  outcome.value satisfies string;
  if (outcome.state === 'resolved') outcome.value satisfies string;
  else outcome.executed satisfies 'no' | 'maybe';
  if (outcome.state === 'timedOut') outcome.verdict satisfies string;
  // @ts-expect-error no such state
  if (outcome.state === 'failed') return undefined;
  return (await peer.call('ping').value()) satisfies null;
}

/** What users hold shows only what they may use, and none of its internals. */
function ofWhatUsersHold(call: Call<string>, peer: Peer, endpoint: AnyEndpoint) {
  call.getSnapshot().value satisfies CallState;
  call.getSnapshot() satisfies SnapshotFrom<typeof callMachine>;
  call.getSnapshot().context.attempt satisfies number;
  // @ts-expect-error internal: its place among the alarms
  call.heapIndex satisfies unknown;
  // @ts-expect-error internal: the list that it is in
  call.next satisfies unknown;
  // @ts-expect-error internal: what it shares with other calls
  call.home satisfies unknown;
  // @ts-expect-error internal: the bytes of its request
  call.frame satisfies unknown;
  // @ts-expect-error internal: its actor
  peer.actor satisfies unknown;
  // @ts-expect-error internal: the access of recorders
  endpoint.tap satisfies unknown;
}

/** Every code of the endpoint has its row, or this does not compile. */
function meaningOf(code: ErrorCode): string {
  return ERROR_CODES[code].ran ? 'perhaps run' : 'not run';
}

function ofErrors(error: RemoteError) {
  // @ts-expect-error a procedure may have declared another code
  error.code satisfies ErrorCode;
  error.code satisfies string;
  // @ts-expect-error nothing is known of the data
  error.data satisfies object;
  // @ts-expect-error not a code of the endpoint
  meaningOf('handlerFail');
  fail('mine', 'said by a procedure') satisfies never;
}

/** The closed sets are those of the tables. None of them accepts any string. */
export type Sets = [
  Expect<Equal<ErrorCode, keyof typeof ERROR_CODES>>,
  Expect<Equal<Verdict, keyof typeof VERDICTS>>,
  Expect<Equal<Extract<RequestEnding, ErrorCode>, NotRunCode>>,
  Expect<Equal<Outcome['state'], OutcomeState>>,
  Expect<Equal<string extends Fate | RequestEnding | PeerHealth ? true : false, false>>,
];

function ofEndings(ending: RequestEnding, verdict: Verdict): never {
  // @ts-expect-error it may also have been refused, or be a repetition
  ending satisfies 'replied' | 'failed' | 'timedOut' | 'cancelled' | 'abandoned';
  // @ts-expect-error there are other verdicts
  verdict satisfies 'neverSent' | 'unreachable' | 'peerAliveButSlow' | 'peerSilent';
  throw new Error(ending);
}

function ofHeaders(peer: Peer<{ ping: () => string }>, maybe: string | undefined) {
  peer.call('ping', [], { headers: { token: 'abc', key: new Uint8Array(), none: maybe } });
  peer.send({ type: 'call', procedure: 'ping', headers: { token: maybe } });
  // @ts-expect-error a header is text or binary
  peer.call('ping', [], { headers: { token: 5 } });
  // @ts-expect-error a header is text or binary
  peer.send({ type: 'call', procedure: 'ping', headers: { token: null } });
  return (outcome: Outcome<string>) => {
    // @ts-expect-error not every outcome has headers
    outcome.headers satisfies unknown;
    if (outcome.state !== 'resolved' && outcome.state !== 'rejected') return undefined;
    // @ts-expect-error there may be none
    outcome.headers satisfies object;
    return outcome.headers satisfies CallHeaders | undefined;
  };
}

function ofScopes(scope: HandlerScope) {
  scope.remainingMs satisfies number;
  scope.signal satisfies AbortSignal;
  scope.traceparent satisfies string | undefined;
  scope.headers['token'] satisfies string | Uint8Array | undefined;
  scope.setHeader('a', 'b');
  scope.setHeader('a', new Uint8Array());
  scope.setHeader('a', undefined);
  // @ts-expect-error a header is text or binary
  scope.setHeader('a', 5);
  // @ts-expect-error headers are read-only
  scope.headers['token'] = 'x';
  // @ts-expect-error a scope is read-only
  scope.remainingMs = 5;
  // @ts-expect-error a scope is read-only
  scope.attempt = 2;
}

async function ofEndpoints() {
  const server = await createEndpoint({
    handlers: {
      sayhi: ({ sender }, name: string) => `Hello ${name} you live at ${sender.host}`,
    },
  });
  const peer = server.peer<typeof server>('127.0.0.1:1');
  peer.call('sayhi', ['Snake']);
  // @ts-expect-error the argument is a string
  peer.call('sayhi', [1]);
  // @ts-expect-error handlers are functions
  await createEndpoint({ handlers: { port: 1 } });
  // @ts-expect-error no such option
  await createEndpoint({ prot: 1234 });
  // @ts-expect-error it must be one of two words
  await createEndpoint({ atMostOnce: 'twice' });
  // @ts-expect-error it must be one of two words
  await createEndpoint({ amplification: 'none' });
  // @ts-expect-error it must be a number
  await createEndpoint({ handlerTimeoutMs: '5' });

  const methods = handlersOf(new Server());
  await createEndpoint({ handlers: methods });
  const classy = server.peer<typeof methods>('127.0.0.1:1');
  (await classy.call('sayhi', ['Snake']).value()) satisfies string;
  (await classy.remote.slowly().value()) satisfies number;
  // @ts-expect-error the prefix is not part of the name
  classy.call('rpc_sayhi', ['Snake']);
  // @ts-expect-error a method without the prefix is not served
  classy.call('other');

  const unknown = server.peer('127.0.0.1:1');
  const anything = await unknown.call('whatever', [1, 'two', null]).value();
  // @ts-expect-error nothing is known of the result
  anything satisfies string;
  return anything;
}

t.type(handlers, 'object');
t.type(ofHandlers, 'function');
t.type(ofOutcomes, 'function');
t.type(ofWhatUsersHold, 'function');
t.type(ofErrors, 'function');
t.type(ofEndings, 'function');
t.type(ofScopes, 'function');
t.type(ofHeaders, 'function');
t.type(ofEndpoints, 'function');
t.pass('this file compiles' satisfies Journeys extends unknown[] ? string : never);

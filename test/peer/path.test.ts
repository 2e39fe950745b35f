/** What an endpoint learns about a path from how calls end. */
import t from 'tap';
import type { CallContext } from '../../src/api/call-snapshot.js';
import { RemoteError } from '../../src/api/outcome.js';
import type { Outcome } from '../../src/api/outcome.js';
import { FirstRoundTrips } from '../../src/call/first-round-trips.js';
import { Path } from '../../src/peer/path.js';
import { SimulatedClock } from '../../src/testing/clock.js';

/** A path with a window of 8 calls, whose RTO has backed off to 8 s, 100 ms after the start. */
function backedOff() {
  const clock = new SimulatedClock();
  const path = new Path({ initialWindow: 8, window: 64 }, clock, new FirstRoundTrips(1_000));
  clock.stall(100);
  path.unanswered(4_000, 50);
  return { clock, path };
}

/** A call that was made at 0, first sent at 50 ms, and sent again. */
function call(context: Partial<CallContext> = {}): CallContext {
  return {
    procedure: 'x',
    args: [],
    peer: '10.0.0.1:1',
    transactionId: '00',
    timeoutMs: 1_000,
    maxAttempts: undefined,
    calledAtMs: 0,
    attempt: 2,
    attemptsBefore: 0,
    sentAtMs: 50,
    workingHeard: false,
    outcome: undefined,
    lateByMs: undefined,
    answeredFrom: undefined,
    ...context,
  };
}

const resolvedAfter = (rttMs: number): Outcome => ({
  state: 'resolved',
  value: 1,
  rttMs,
  attempts: 2,
});

t.test('an answer that may be to either of two transmissions limits the back-off', async (t) => {
  const error = new RemoteError('mine', 'said the procedure');
  const rejected = { state: 'rejected', error, executed: 'maybe', attempts: 2 } as const;
  const answers: readonly (readonly [string, (path: Path) => void])[] = [
    [
      'a result',
      (path) => {
        path.learnFrom(call(), resolvedAfter(3_000));
      },
    ],
    [
      'an error',
      (path) => {
        path.learnFrom(call(), { ...rejected, rttMs: 3_000 });
      },
    ],
    [
      'after news of work',
      (path) => {
        path.learnFrom(call({ attempt: 1, workingHeard: true }), resolvedAfter(3_000));
      },
    ],
    [
      'late: 2,050 ms after the time-out, counted from when it was sent',
      (path) => {
        path.learnFromLate(call({ lateByMs: 2_050 }));
      },
    ],
  ];
  for (const [name, answer] of answers) {
    const { path } = backedOff();
    t.equal(path.rtoMs(100), 8_000);
    answer(path);
    t.equal(path.rtoMs(100), 3_000, name);
    t.equal(path.roundTripMs, undefined, `${name}: by Karn's rule no sample`);
  }
});

t.test('an answer to a call that was sent once is a sample, and ends the back-off', async (t) => {
  const { path } = backedOff();
  path.learnFrom(call({ attempt: 1 }), resolvedAfter(100));
  t.equal(path.roundTripMs, 100);
  t.equal(path.rtoMs(100), 1_000);
});

t.test('a time-out or a cancelled call says nothing about the round trip', async (t) => {
  const { path } = backedOff();
  const ended = { executed: 'maybe', attempts: 2 } as const;
  path.learnFrom(call(), { state: 'cancelled', reason: 'x', ...ended });
  const timedOut = { state: 'timedOut', verdict: 'peerSilent', timeoutMs: 1_000 } as const;
  path.learnFrom(call(), { ...timedOut, ...ended });
  t.equal(path.rtoMs(100), 8_000);
});

t.test(
  'news that the peer is working undoes losses since the call was sent, and none before',
  async (t) => {
    const { path } = backedOff();
    t.equal(path.window.limit, 4);
    path.forgive(101);
    t.equal(path.window.limit, 4, 'the loss was before');
    t.equal(path.rtoMs(100), 8_000);
    path.forgive(50);
    t.equal(path.window.limit, 8);
    t.equal(path.rtoMs(100), 1_000);
  },
);

t.test('a time-out of a call on which its peer is working shrinks nothing', async (t) => {
  const ended = { executed: 'maybe', attempts: 2, timeoutMs: 1_000 } as const;
  for (const [workingHeard, limit] of [
    [true, 8],
    [false, 4],
  ] as const) {
    const path = new Path(
      { initialWindow: 8, window: 64 },
      new SimulatedClock(),
      new FirstRoundTrips(1_000),
    );
    const verdict = 'peerAliveButSlow';
    path.learnFrom(call({ workingHeard }), { state: 'timedOut', verdict, ...ended });
    t.equal(path.window.limit, limit);
  }
});

t.test('an overloaded peer shrinks the window, any other error counts as an answer', async (t) => {
  for (const [code, limit] of [
    ['overloaded', 4],
    ['handlerFailed', 9],
  ] as const) {
    const path = new Path(
      { initialWindow: 8, window: 64 },
      new SimulatedClock(),
      new FirstRoundTrips(1_000),
    );
    const error = new RemoteError(code, 'x');
    const how = { executed: 'maybe', attempts: 1, rttMs: 10 } as const;
    path.learnFrom(call({ attempt: 1 }), { state: 'rejected', error, ...how });
    t.equal(path.window.limit, limit);
  }
});

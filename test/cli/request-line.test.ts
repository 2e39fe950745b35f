import t from 'tap';
import { requestLine } from '../../src/cli/request-line.js';
import { HandlerTimedOutError, OverloadedError } from '../../src/errors.js';

type Report = Parameters<typeof requestLine>[0];

const NOON = new Date(2026, 0, 2, 12, 0, 1, 23);

function lineOf(report: Partial<Report>): string {
  const replied: Report = {
    type: 'request.settled',
    ending: 'replied',
    procedure: 'sayhi',
    peer: '127.0.0.1:5678',
    transactionId: '00'.repeat(20),
    durationMs: 0.41,
    replyBytes: 48,
    error: undefined,
  };
  return requestLine({ ...replied, ...report }, NOON);
}

t.test('a line says when, which peer, which procedure and how it ended', async (t) => {
  const start = '12:00:01.023 127.0.0.1:5678 sayhi';
  t.equal(lineOf({}), `${start} replied 0.4 ms 48 bytes`);
  t.equal(lineOf({ ending: 'replayed' }), `${start} replayed 48 bytes`);
  t.equal(lineOf({ ending: 'duplicate' }), `${start} duplicate`);
  t.equal(lineOf({ ending: 'unknownProcedure' }), `${start} unknown procedure`);
  t.equal(lineOf({ ending: 'conflict' }), `${start} conflict`);
  t.equal(lineOf({ ending: 'abandoned' }), `${start} abandoned`);
  t.equal(lineOf({ ending: 'deadlinePassed' }), `${start} deadline passed`);
  t.equal(lineOf({ ending: 'closing' }), `${start} closing`);
  t.equal(lineOf({ ending: 'cancelled' }), `${start} cancelled 0.4 ms`);
  t.equal(
    lineOf({ ending: 'timedOut', error: new HandlerTimedOutError(5_000, 'endpoint') }),
    `${start} timed out 0.4 ms: The procedure had not ended after 5000 ms, the endpoint's deadline`,
  );
  t.equal(
    lineOf({ ending: 'overloaded', error: new OverloadedError('maxRunningHandlers', 256) }),
    `${start} overloaded: The endpoint has reached its limit: maxRunningHandlers is 256`,
  );
  t.equal(
    lineOf({ ending: 'failed', error: new Error('no "x"') }),
    `${start} failed 0.4 ms: no "x"`,
  );
  t.equal(lineOf({ ending: 'failed', error: 'plain' }), `${start} failed 0.4 ms: plain`);
});

t.test(
  'words of a peer stay on one line, have bounded length, and cannot control the terminal',
  async (t) => {
    const nameIn = (procedure: string) =>
      lineOf({ ending: 'duplicate', procedure }).slice('12:00:01.023 127.0.0.1:5678 '.length);
    t.equal(nameIn('a b'), '"a b" duplicate');
    t.equal(nameIn(''), '"" duplicate');
    t.equal(nameIn('x replied\n\u001b[2J'), '"x replied\\n\\u{1b}[2J" duplicate');
    t.equal(nameIn('x'.repeat(8_000)), `${'x'.repeat(64)}… duplicate`);
    const failed = lineOf({ ending: 'failed', error: new Error('a\r\u202e') });
    t.ok(failed.endsWith(': a\\r\\u{202e}'), failed);
  },
);

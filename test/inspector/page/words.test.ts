import { execFileSync } from 'node:child_process';

import t from 'tap';

import { explainVerdict, VERDICTS } from '../../../src/api/verdict.js';
import { CALL_STATES } from '../../../src/api/call-state.js';
import { fateWords } from '../../../src/inspector/page/store/fate-words.js';
import {
  ageText,
  agoText,
  clockText,
  clockTextAt,
  dateClockText,
  durationText,
} from '../../../src/inspector/page/store/format.js';
import { shellLine } from '../../../src/inspector/page/store/shell.js';
import { stateWords } from '../../../src/inspector/page/store/state-words.js';
import { errorText } from '../../../src/inspector/page/store/side-reducer.js';
import { eventWords } from '../../../src/inspector/page/store/timeline.js';
import { valuePieces, valueText } from '../../../src/inspector/page/store/value-text.js';
import { verdictWords } from '../../../src/inspector/page/store/verdict-words.js';
import { chartOf } from '../../../src/inspector/recorder/chart.js';
import { callMachine } from '../../../src/call/machine.js';
import { handlerMachine } from '../../../src/handler/machine.js';
import { notificationMachine } from '../../../src/notification/machine.js';
import { NOTIFICATION_STATES } from '../../../src/api/notification-state.js';
import { ENDPOINT_STATES } from '../../../src/api/endpoint-state.js';
import { endpointMachine } from '../../../src/endpoint/machine.js';
import { HANDLER_STATES } from '../../../src/handler/state.js';
import { PEER_HEALTHS } from '../../../src/api/health.js';
import { peerMachine } from '../../../src/peer/machine.js';
import { noFates } from '../../../src/api/fate.js';
import { namesOf } from '../../../src/vocabulary.js';

t.test('a command is quoted as a shell reads it', (t) => {
  const words = ['rpcudp', 'call', '[::1]:1', "it's", '$HOME `x`', '', '-5', '"', '\\', '*', 'ü'];
  const line = shellLine(words);
  const out = execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  t.same(out.split('\0').slice(0, -1), words, line);
  t.equal(shellLine(['call', '127.0.0.1:1', 'a=b']), 'call 127.0.0.1:1 a=b');
  t.end();
});

t.test('a command has no control characters that a terminal could act on', (t) => {
  const words = ['a\u001b[2Jb', 'two\nlines', "tab\t'", 'c1\u009b', 'back\\slash\u0007'];
  const line = shellLine(words);
  t.notMatch(line, /[\u0000-\u001f\u007f-\u009f]/);
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const out = execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8', env });
  t.same(out.split('\0').slice(0, -1), words);
  t.end();
});

const valueLines = (value: unknown): string =>
  valuePieces(value)
    .map(({ text }) => text)
    .join('');

t.test('a value is text on one line, or on several', (t) => {
  const value = { a: [1, 'two', null], 'b c': { d: true } };
  t.equal(valueText(value), '{"a": [1, "two", null], "b c": {"d": true}}');
  t.equal(valueText([]), '[]');
  t.equal(valueText('x'.repeat(500), 10), '"xxxxxxxxx…');
  const wide = { first: 'x'.repeat(60), second: [1, 2] };
  t.equal(
    valueLines(wide),
    `{\n  "first": "${'x'.repeat(60)}",\n  "second": [1, 2]\n}`,
    'a short value stays on one line',
  );
  t.end();
});

t.test('what is no string does not look like one', (t) => {
  const value = {
    id: { '(bigint)': '12n' },
    key: { '(bytes)': '2 bytes: 00 ff' },
    at: { '(date)': '2026-11-23T12:00:00.000Z' },
    text: '12n',
    '((date))': 'of the user',
  };
  t.equal(
    valueText(value),
    '{"id": 12n, "key": 2 bytes: 00 ff, "at": 2026-11-23T12:00:00.000Z, "text": "12n", ' +
      '"(date)": "of the user"}',
  );
  const kinds = valuePieces([{ '(bigint)': '12n' }, '12n']).map(({ kind }) => kind);
  t.same(kinds, ['plain', 'typed', 'plain', 'string', 'plain']);
  t.end();
});

t.test('text from the network cannot change the direction of what follows it', (t) => {
  const text = 'abc\u202egnp.exe\u0000\u2066';
  t.equal(valueText(text), '"abc\\u{202e}gnp.exe\\u{0}\\u{2066}"');
  t.equal(valueText({ [text]: { '(date)': text } }).replace(/[ -~]/g, ''), '');
  t.equal(errorText({ code: text, message: text }).replace(/[ -~]/g, ''), '');
  t.end();
});

t.test('the text of a hostile value is bounded, and making it does not recurse to its end', (t) => {
  let deep: unknown = 'core';
  for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
  t.equal(valueText(deep), `${'['.repeat(12)}[…]${']'.repeat(12)}`);
  const wide = Array.from({ length: 200_000 }, () => ({ a: 1 }));
  t.equal(valueLines(wide).length, 20_001);
  t.end();
});

t.test('the words of a verdict are those of the endpoint', (t) => {
  for (const verdict of namesOf(VERDICTS)) {
    t.equal(verdictWords(verdict), explainVerdict(verdict));
  }
  t.equal(verdictWords('toString'), 'toString');
  t.end();
});

t.test('each fate and each state of the machines has words', (t) => {
  for (const fate of Object.keys(noFates())) t.not(fateWords(fate), '', fate);
  t.equal(fateWords('constructor'), '');
  t.same(namesOf(CALL_STATES).toSorted(), statesOf(callMachine), 'calls');
  t.same(namesOf(NOTIFICATION_STATES).toSorted(), statesOf(notificationMachine), 'notifications');
  t.same(namesOf(HANDLER_STATES).toSorted(), statesOf(handlerMachine), 'handlers');
  t.same(namesOf(PEER_HEALTHS).toSorted(), statesOf(peerMachine), 'peers');
  t.same(namesOf(ENDPOINT_STATES).toSorted(), statesOf(endpointMachine), 'endpoints');
  t.match(stateWords('timedOut'), { mark: 'clock', word: 'timed out', tone: 'bad' });
  t.equal(stateWords('constructor').word, 'constructor');
  t.match(
    stateWords('late'),
    { word: 'late', outcome: 'timed out' },
    'one outcome, and its sequel',
  );
  t.match(stateWords('lost'), { word: 'lost', outcome: 'timed out' });
  t.match(stateWords('sent', 'call'), { tone: 'busy' });
  t.match(stateWords('sent', 'notification'), { tone: 'good' }, 'it has ended');
  t.end();
});

t.test('each event of calls, notifications and handlers has words', (t) => {
  for (const machine of [callMachine, notificationMachine, handlerMachine]) {
    for (const { event } of chartOf(machine).transitions) t.ok(eventWords(event), event);
  }
  t.equal(eventWords('constructor'), undefined);
  t.end();
});

function statesOf(machine: Parameters<typeof chartOf>[0]): string[] {
  return chartOf(machine)
    .states.map(({ name }) => name)
    .sort();
}

t.test('times are short', (t) => {
  t.equal(durationText(0.4217), '0.42 ms');
  t.equal(durationText(12.34), '12.3 ms');
  t.equal(durationText(99.97), '100 ms');
  t.equal(durationText(999.7), '1.00 s');
  t.equal(durationText(61_000), '1 min 1 s');
  t.equal(durationText(3_725_000), '1 h 2 min');
  t.equal(durationText(-5), '−5.00 ms');
  t.equal(durationText(NaN), '–');
  t.equal(ageText(900), 'now');
  t.equal(ageText(61_000), '1 min');
  t.equal(clockText(Infinity), '–');
  t.end();
});

t.test('a clock is the local one or that of UTC, with the date where it is another day', (t) => {
  const atMs = Date.UTC(2026, 10, 30, 23, 59, 58, 7);
  t.equal(clockText(atMs, 'utc'), '23:59:58.007Z');
  t.equal(clockTextAt(atMs, 'utc', atMs + 1_000), '23:59:58.007Z');
  t.equal(clockTextAt(atMs, 'utc', atMs + 2_000), '2026-11-30 23:59:58.007Z');
  const local = new Date(2026, 6, 1, 14, 3, 22, 417).getTime();
  t.equal(clockText(local), '14:03:22.417');
  t.equal(dateClockText(local), '2026-07-01 14:03:22.417');
  t.equal(dateClockText(8.64e15, 'local'), '–', 'no clock shows it');
  t.equal(clockTextAt(NaN, 'local', 0), '–');
  t.equal(agoText(61_000), '1 min ago');
  t.equal(agoText(500), 'now');
  t.equal(agoText(-3_000), 'in 3 s');
  t.end();
});

import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import t from 'tap';
import { noOutcomes } from '../../../src/api/call-state.js';
import { Reading } from '../../../src/cli/top/reading.js';
import { reportLines, screenLines } from '../../../src/cli/top/screen.js';
import type { Snapshot } from '../../../src/cli/top/snapshot.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import {
  START_MS,
  callRecord,
  closedRecord,
  countsRecord,
  endpointRecord,
  peerRecord,
  sampleTraffic,
  stepRecord,
} from '../../fixtures/inspection-records.js';

const TITLE = { source: '127.0.0.1:4000', fault: undefined };
/** The sample in 80 columns and 24 rows. */
const EXPECTED = `
rpcudp top  127.0.0.1:4000  2 open of 2                                  q quits
ENDPOINT  ADDRESS         STATE   OUT/s  IN/s  IN FLIGHT  QUEUED  RUNNING  PEERS
client    127.0.0.1:5678  ● open     20     0          0       0        0      1
server    127.0.0.1:1234  ● open      0    18          0       0        0      1
CALLS   MADE    RESOLVED   REJECTED  TIMED OUT  CANCELLED  UNSENT
client   300  243   16/s  19  0.5/s  38  6.0/s          0       0
FRAMES IN  BY FATE
client     response.matched 262 17/s + response.late 22 3.5/s
           = 284 in 284 datagrams
server     request.run 277 18/s + request.replayed 18 0.5/s
           + request.refused.unknownProcedure 7 0.5/s = 302 in 302 datagrams
AGO  AT      WENT WRONG     WHY
1 s  client  add            an answer came 71.8 ms too late
1 s  client  find_node      an answer came 68.7 ms too late
1 s  client  add            timed out: The peer was heard, but did not answer i…
… 95 more of 98 troubles
PEER            OF      HEALTH        WINDOW  MAILBOX  IN FLIGHT  ROUND TRIP
127.0.0.1:1234  client  ● responsive    0/64        0          0     17.6 ms
127.0.0.1:5678  server  ● responsive    0/64        0          0           -
PROCEDURE      OF          CALLS  RESOLVED  REJECTED  TIMED OUT  CANCELLED
add            client  84  8.0/s      87 %         3          8          0
store          client  74  3.5/s      85 %         3          8          0
… 3 more of 5 procedures
Left out: the columns PROCESS, PEER, RUNNING, UNSENT
`.trim();

const USUAL = { width: 80, height: 24 };

function snapshotOf(records: readonly InspectionRecord[]): Snapshot {
  const reading = new Reading();
  for (const record of records) reading.add(record, record.atMs);
  return reading.snapshot(records.at(-1)?.atMs ?? START_MS);
}

function plain(lines: readonly string[]): string[] {
  return lines.map(stripVTControlCharacters);
}

function screen(snapshot: Snapshot, size = USUAL): string[] {
  return plain(screenLines(snapshot, TITLE, size));
}

/** Two endpoints, and hundreds of everything else. */
function crowd(): InspectionRecord[] {
  const records: InspectionRecord[] = [endpointRecord()];
  for (let index = 0; index < 500; index += 1) {
    const peer = `10.1.${index >> 8}.${index & 255}:${40_000 + index}`;
    records.push(
      peerRecord({ peer, queued: index, health: index % 3 === 0 ? 'silent' : 'suspect' }),
    );
    records.push(callRecord({ actor: index, peer }));
    records.push(
      stepRecord({ actor: index, state: 'timedOut', event: 'expired', because: 'silence' }),
    );
  }
  const counts = countsRecord({
    procedures: Array.from({ length: 100 }, (_, index) => ({
      peer: '10.1.0.0:40000',
      procedure: `procedure_${index}`,
      outcomes: { ...noOutcomes(), resolved: index, rejected: 1 },
    })),
  });
  counts.stats.outcomes.timedOut = 500;
  counts.stats.fates['response.matched'] = 10;
  counts.stats.framesReceived = 10;
  return [...records, counts];
}

t.test('80 columns and 24 rows are enough for the sample', async (t) => {
  t.equal(screen(snapshotOf(sampleTraffic(7, 300))).join('\n'), EXPECTED);
});

t.test('nothing goes beyond the screen, whatever its size', async (t) => {
  const wide = [...sampleTraffic(3, 40), endpointRecord({ name: '日本のサーバー👩‍👩‍👧🇯🇵' })];
  for (const snapshot of [[], wide, crowd()].map(snapshotOf)) {
    const beyond: string[] = [];
    for (let width = 1; width <= 140; width += 7) {
      for (let height = 1; height <= 50; height += 3) {
        const lines = screenLines(snapshot, TITLE, { width, height });
        const widest = Math.max(...lines.map((line) => stringWidth(line)));
        if (lines.length > height || widest > width) beyond.push(`${width}×${height}`);
      }
    }
    t.strictSame(beyond, []);
  }
});

t.test('procedures that run on after their deadline are shown beside those that run', async (t) => {
  const counts = countsRecord();
  counts.stats.runningNow = 3;
  const shown = (): string | undefined =>
    screen(snapshotOf([endpointRecord(), counts])).find((line) => line.startsWith('client'));
  t.match(shown(), / 3 +1$/);
  counts.stats.overrunNow = 2;
  t.match(shown(), / 3\+2 +1$/);
});

t.test('with enough room everything is shown, and nothing is reported as left out', async (t) => {
  const lines = screen(snapshotOf(crowd()), { width: 300, height: 2_000 });
  t.equal(lines.filter((line) => line.startsWith('10.1.')).length, 500);
  t.equal(lines.filter((line) => line.startsWith('procedure_')).length, 100);
  t.notMatch(lines.join('\n'), /…|Left out/);
});

t.test(
  'of hundreds of peers the busiest are shown, and the number of those that are not shown',
  async (t) => {
    const text = screen(snapshotOf(crowd())).join('\n');
    t.match(text, /\n10\.1\.1\.243:40499 .* 499 /);
    t.match(text, /\n… \d+ more of 500 peers\n/);
    t.match(text, /\n… \d+ more of 100 procedures\n/);
    t.match(text, /\n… \d+ more of 100 troubles\n/);
  },
);

t.test('a small terminal names what it has no room for', async (t) => {
  const lines = screen(snapshotOf(crowd()), { width: 200, height: 9 });
  t.equal(lines.at(-1), 'Left out: troubles, peers, procedures');
  const narrow = screen(snapshotOf(crowd()), { width: 60, height: 40 });
  t.match(narrow.at(-1), /^Left out: the columns .*PEERS/);
});

t.test('text from the network cannot control the terminal, nor break a line', async (t) => {
  const evil = 'a\u001b[2J\u0007\r\nb\u202Ec\u0000';
  const outcomes = { ...noOutcomes(), resolved: 1 };
  const counts = countsRecord({ procedures: [{ peer: evil, procedure: evil, outcomes }] });
  counts.stats.fates[evil] = 1;
  const snapshot = snapshotOf([
    endpointRecord({ name: evil, address: evil, version: evil }),
    peerRecord({ peer: evil, health: evil }),
    callRecord({ procedure: evil, peer: evil }),
    stepRecord({ state: 'rejected', outcome: { error: { code: evil, message: evil } } }),
    stepRecord({ state: 'timedOut', event: 'expired', because: evil }),
    counts,
    endpointRecord({ endpoint: 'other', name: evil }),
    closedRecord({ endpoint: 'other', error: evil }),
  ]);
  const title = { source: evil, fault: evil };
  const wide = { width: 400, height: 100 };
  for (const lines of [screenLines(snapshot, title, wide), reportLines(snapshot)]) {
    const text = plain(lines).join('');
    t.notMatch(text, /[\p{Cc}\p{Cf}]/u);
    t.match(text, 'a\\u{1b}[2J');
  }
});

t.test('without colours there are no escape sequences, and states are words', async (t) => {
  const lines = screenLines(snapshotOf(sampleTraffic(7, 300)), TITLE, USUAL);
  t.notMatch(plain(lines).join('\n'), '\u001b');
  t.match(lines.join('\n'), '\u001b[1mrpcudp top\u001b[22m');
  t.match(plain(lines).join('\n'), /● open[^]*● responsive/);
});

t.test('fates that do not add up are marked', async (t) => {
  const counts = countsRecord();
  counts.stats.fates['response.matched'] = 7;
  counts.stats.framesReceived = 8;
  const text = screen(snapshotOf([endpointRecord(), counts])).join('\n');
  t.match(text, '= 7, but there were 8 in 0 datagrams');
});

t.test('before the first record, and when the inspector is gone, the screen says so', async (t) => {
  const empty = snapshotOf([]);
  t.strictSame(screen(empty).slice(1), ['No endpoint has told anything yet.']);
  t.strictSame(plain(reportLines(empty)), ['No endpoint has told anything yet.']);
  const [head, feed] = plain(
    screenLines(empty, { ...TITLE, fault: 'the inspector is gone', feedUrl: 'http://x/' }, USUAL),
  );
  t.match(head, '✕ the inspector is gone');
  t.equal(feed, 'feed http://x/');
});

t.test('a report has everything except old troubles, and a heading for each part', async (t) => {
  const lines = plain(reportLines(snapshotOf(crowd())));
  t.equal(lines.filter((line) => line.startsWith('10.1.')).length, 500);
  t.ok(lines.includes('… 80 more of 100 troubles'));
  const headings = lines.flatMap((line) => /^[A-Z]+/.exec(line)?.[0] ?? []);
  t.strictSame(headings, ['ENDPOINT', 'CALLS', 'FRAMES', 'AGO', 'PEER', 'PROCEDURE']);
});

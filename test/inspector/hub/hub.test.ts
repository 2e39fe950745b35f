import fc from 'fast-check';
import t from 'tap';
import { Hub } from '../../../src/inspector/hub/hub.js';
import type { HubFeed, InspectorReport, Viewer } from '../../../src/inspector/hub/hub.js';
import type { HistoryLimits } from '../../../src/inspector/hub/history.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import {
  callRecord,
  closedRecord,
  endpointRecord,
  finalStep,
  sampleTraffic,
  START_MS,
  stepRecord,
} from '../../fixtures/inspection-records.js';

interface Message {
  readonly hub: string;
  readonly position: number;
  readonly reset: boolean;
  readonly caughtUp: boolean;
  readonly callsDropped: number;
  readonly records: readonly InspectionRecord[];
}

/** A viewer that remembers as a page does. */
class Page implements Viewer {
  bufferedBytes = 0;
  readonly messages: Message[] = [];
  records: InspectionRecord[] = [];
  /** Whether it is being told again what it may know. */
  #retold = false;

  send(text: string): void {
    const message = JSON.parse(text) as Message;
    this.messages.push(message);
    if (message.reset) this.#retold = true;
    const known = new Set(this.#retold ? this.records.map(keyOf) : []);
    this.records = [...this.records, ...message.records.filter((one) => !known.has(keyOf(one)))];
    if (message.caughtUp) this.#retold = false;
  }

  get last(): { hub: string; position: number } {
    const { hub, position } = this.messages.at(-1)!;
    return { hub, position };
  }

  /** Type and number of each record. */
  get outline(): string[] {
    return this.records.map(({ type, seq }) => `${type} ${seq}`);
  }
}

function keyOf({ endpoint, seq }: InspectionRecord): string {
  return `${endpoint} ${seq}`;
}

function hubWith(limits: HistoryLimits = {}) {
  const reports: InspectorReport[] = [];
  const hub = new Hub({
    id: 'hub',
    nowMs: () => START_MS,
    limits,
    onReport: (report) => reports.push(report),
  });
  return { hub, reports, feed: hub.openFeed() };
}

function feedAll(feed: HubFeed, records: readonly InspectionRecord[]): void {
  feed.takeMessage(JSON.stringify(records));
}

/** Calls without an end, from one endpoint. */
function calls(count: number, from = 1): InspectionRecord[] {
  return Array.from({ length: count }, (_, index) =>
    callRecord({ seq: from + index, actor: from + index }),
  );
}

t.test('a viewer gets everything there is, then what is new, and nothing twice', async (t) => {
  const { hub, feed } = hubWith();
  const records = sampleTraffic(3, 60);
  feedAll(feed, records.slice(0, 100));
  const page = new Page();
  hub.openViewer(page);
  t.equal(page.messages[0]?.reset, true);
  t.strictSame(page.records, records.slice(0, 100));
  feedAll(feed, records.slice(100));
  hub.flush();
  t.strictSame(page.records, records);
  const { length } = page.messages;
  hub.flush();
  t.equal(page.messages.length, length, 'without news there is no message');
  t.equal(page.messages.filter(({ reset }) => reset).length, 1);
});

t.test('a viewer of an empty hub gets an empty message', async (t) => {
  const { hub } = hubWith();
  const page = new Page();
  hub.openViewer(page);
  t.strictSame(page.messages, [
    { hub: 'hub', position: 0, reset: true, caughtUp: true, callsDropped: 0, records: [] },
  ]);
});

t.test('a late viewer gets first what lives', async (t) => {
  const { hub, feed } = hubWith({ maxRecords: 3 });
  feedAll(feed, [
    endpointRecord({ seq: 1 }),
    callRecord({ seq: 2, actor: 1 }),
    ...[3, 4, 5, 6, 7].map((seq) => finalStep({ seq, actor: seq })),
  ]);
  const page = new Page();
  hub.openViewer(page);
  t.strictSame(page.outline, ['endpoint 1', 'call 2', 'step 5', 'step 6', 'step 7']);
});

t.test('many records are sent in several messages, of which only the first resets', async (t) => {
  const { hub, feed } = hubWith({ maxRecords: 10 });
  const large = { args: ['x'.repeat(60_000)] };
  feedAll(feed, [
    endpointRecord({ seq: 1 }),
    ...calls(30, 2).map((call) => ({ ...call, ...large })),
  ]);
  const page = new Page();
  hub.openViewer(page);
  t.ok(page.messages.length > 5);
  t.strictSame(
    page.messages.map(({ reset }) => reset),
    page.messages.map((_, index) => index === 0),
  );
  t.strictSame(
    page.messages.map(({ caughtUp }) => caughtUp),
    page.messages.map((_, index) => index === page.messages.length - 1),
    'and with the last one it has caught up',
  );
  t.equal(page.records.length, 31);
  t.equal(new Set(page.outline).size, 31);
});

t.test('a viewer that comes back gets only what it missed, while the ring has it', async (t) => {
  const { hub, feed } = hubWith({ maxRecords: 5 });
  feedAll(feed, [endpointRecord({ seq: 1 }), ...calls(9, 2)]);
  const page = new Page();
  hub.openViewer(page);
  const before = page.records.length;
  hub.closeViewer(page);
  feedAll(feed, calls(4, 11));
  hub.openViewer(page, page.last);
  t.equal(page.messages.at(-1)?.reset, false);
  t.strictSame(
    page.records.slice(before).map(({ seq }) => seq),
    [11, 12, 13, 14],
  );
  t.equal(page.messages.at(-1)?.caughtUp, true);
  hub.closeViewer(page);
  hub.openViewer(page, page.last);
  t.match(page.messages.at(-1), { records: [], reset: false, caughtUp: true }, 'without news, too');
});

t.test(
  'a viewer that missed something is told again what lives, and knows then what has ended',
  async (t) => {
    const { hub, feed } = hubWith({ maxRecords: 5 });
    feedAll(feed, [endpointRecord({ seq: 1 }), ...calls(3, 2)]);
    const page = new Page();
    hub.openViewer(page);
    hub.closeViewer(page);
    feedAll(feed, [
      ...[5, 6].map((seq) => finalStep({ seq, actor: seq - 3 })),
      ...calls(10, 7).flatMap((call, index) => [
        { ...call, seq: 7 + 2 * index },
        finalStep({ seq: 8 + 2 * index, actor: 7 + index }),
      ]),
    ]);
    hub.openViewer(page, page.last);
    const told = page.messages.slice(1);
    t.strictSame(
      told.map(({ reset, caughtUp }) => [reset, caughtUp]),
      [
        [false, false],
        [true, true],
      ],
    );
    const [news, living] = told.map(({ records }) => records.map(({ type }) => type));
    t.equal(news?.length, 5);
    t.strictSame(living, ['endpoint', 'call'], 'the one call that has not ended');
    const { length } = page.messages;
    hub.flush();
    t.equal(page.messages.length, length);
  },
);

t.test('a viewer from another hub, or from the future, starts from the beginning', async (t) => {
  const { hub, feed } = hubWith();
  feedAll(feed, [endpointRecord({ seq: 1 }), ...calls(3, 2)]);
  for (const last of [
    { hub: 'other', position: 2 },
    { hub: 'hub', position: 99 },
  ]) {
    const page = new Page();
    hub.openViewer(page, last);
    t.equal(page.messages[0]?.reset, true);
    t.equal(page.records.length, 4);
  }
});

t.test('a viewer that broke off in the middle of the beginning goes on there', async (t) => {
  const { hub, feed } = hubWith({ maxRecords: 1 });
  const large = { args: ['x'.repeat(300_000)] };
  feedAll(feed, [
    endpointRecord({ seq: 1 }),
    ...calls(9, 2).map((call) => ({ ...call, ...large })),
  ]);
  const whole = new Page();
  hub.openViewer(whole);
  t.equal(whole.records.length, 10);
  t.ok(whole.messages.length > 5);
  let told = 0;
  for (const { position, hub: id, records } of whole.messages.slice(0, -2)) {
    told += records.length;
    const page = new Page();
    hub.openViewer(page, { hub: id, position });
    t.equal(page.messages[0]?.reset, false, `after position ${position}`);
    t.strictSame(page.records, whole.records.slice(told));
  }
});

t.test('a viewer that does not read gets nothing more, and catches up later', async (t) => {
  const { hub, feed } = hubWith({ maxRecords: 20 });
  const page = new Page();
  hub.openViewer(page);
  feedAll(feed, [endpointRecord({ seq: 1 })]);
  hub.flush();
  page.bufferedBytes = 2 * 1024 * 1024;
  feedAll(feed, calls(10, 2));
  hub.flush();
  t.equal(page.records.length, 1);
  page.bufferedBytes = 0;
  hub.flush();
  t.equal(page.records.length, 11);
  t.equal(page.messages.at(-1)?.reset, false);
  page.bufferedBytes = 2 * 1024 * 1024;
  feedAll(feed, calls(90, 12));
  hub.flush();
  page.bufferedBytes = 0;
  hub.flush();
  t.equal(page.records.length, 101);
  t.equal(new Set(page.outline).size, 101);
  t.equal(page.messages.filter(({ reset }) => reset).length, 1, 'it has missed nothing');
});

t.test('a feed that sends its whole history again adds nothing', async (t) => {
  const { hub, feed, reports } = hubWith();
  const records = sampleTraffic(4, 40);
  const half = records.slice(0, 150);
  feedAll(feed, half);
  const page = new Page();
  hub.openViewer(page);
  feedAll(hub.openFeed(), records);
  hub.flush();
  t.strictSame(page.records, records);
  t.strictSame(
    reports.map(({ type, name }) => `${type} ${name}`),
    ['endpoint.opened client', 'endpoint.opened server'],
  );
});

t.test('a feed that breaks off leaves its open endpoints lost, and finds them again', async (t) => {
  const { hub, feed, reports } = hubWith();
  const open = [endpointRecord({ seq: 1 }), callRecord({ seq: 2 })];
  const closed = [
    endpointRecord({ endpoint: 'other', seq: 1 }),
    closedRecord({ endpoint: 'other', seq: 2 }),
  ];
  feedAll(feed, [...open, ...closed]);
  const page = new Page();
  hub.openViewer(page);
  page.records = [];
  feed.close();
  feed.close();
  hub.flush();
  t.strictSame(page.records, [closedRecord({ seq: 2.5, atMs: START_MS, lost: true })]);
  const next = hub.openFeed();
  feedAll(next, [...open, stepRecord({ seq: 3 })]);
  hub.flush();
  t.strictSame(page.outline, ['endpoint.closed 2.5', 'endpoint 1', 'step 3']);
  t.strictSame(
    reports.map(({ type, name }) => `${type} ${name}`),
    [
      ...['endpoint.opened client', 'endpoint.opened other', 'endpoint.closed other'],
      ...['endpoint.lost client', 'endpoint.returned client'],
    ],
  );
});

t.test('an endpoint that was lost again and again still continues', async (t) => {
  const { hub } = hubWith();
  const page = new Page();
  hub.openViewer(page);
  for (let times = 0; times < 3; times += 1) {
    const feed = hub.openFeed();
    feedAll(feed, [endpointRecord({ seq: 1 })]);
    feed.close();
  }
  feedAll(hub.openFeed(), [endpointRecord({ seq: 1 }), callRecord({ seq: 2 })]);
  hub.flush();
  t.equal(page.outline.filter((line) => line.startsWith('endpoint.closed')).length, 3);
  t.equal(page.outline.at(-1), 'call 2');
});

t.test('a feed that has a successor already does not lose its endpoints', async (t) => {
  const { hub, feed, reports } = hubWith();
  feedAll(feed, [endpointRecord({ seq: 1 })]);
  const successor = hub.openFeed();
  feedAll(successor, [endpointRecord({ seq: 1 }), callRecord({ seq: 2 })]);
  feed.close();
  t.equal(reports.length, 1);
  successor.close();
  t.equal(reports.at(-1)?.type, 'endpoint.lost');
});

t.test(
  'a value that is not a record is dropped and counted, and the rest of its message is taken',
  async (t) => {
    const { hub, feed } = hubWith();
    let nested = '1';
    for (let depth = 0; depth < 5_000; depth += 1) nested = `[${nested}]`;
    const deep = JSON.stringify(callRecord({ seq: 2, args: ['?'] })).replace('"?"', nested);
    const messages = [
      ...['', 'x', '{', '{}', '5', 'null', '"endpoint"', '[[]]', '[null]', '[{"type":"call"}]'],
      '[{"type":"__proto__"}]',
      JSON.stringify([stepRecord({ endpoint: 'stranger', seq: 1 })]),
      JSON.stringify([{ ...callRecord({ seq: 2 }), actor: -1 }]),
    ];
    for (const message of messages) feed.takeMessage(message);
    t.equal(hub.dropped, messages.length);
    feed.takeMessage(`[5,${JSON.stringify(endpointRecord({ seq: 1 }))},{},${deep}]`);
    t.ok(hub.dropped >= messages.length + 2);
    const page = new Page();
    hub.openViewer(page);
    t.equal(page.outline[0], 'endpoint 1');
  },
);

t.test('a message has a bounded number of records; those beyond it are counted', async (t) => {
  const { hub, feed } = hubWith();
  feedAll(feed, [endpointRecord({ seq: 1 }), ...calls(10_000, 2)]);
  t.equal(hub.dropped, 10_001 - 8_192);
  const other = hubWith();
  other.feed.takeMessage(`[${'0,'.repeat(1_000_000)}0]`);
  t.equal(other.hub.dropped, 1_000_001);
});

t.test('a record that is too large is dropped and counted, from a recording as well', async (t) => {
  const { hub, feed } = hubWith();
  const large = callRecord({ seq: 2, args: ['x'.repeat(1024 * 1024)] });
  feedAll(feed, [endpointRecord({ seq: 1 }), large, callRecord({ seq: 3 })]);
  t.equal(hub.dropped, 1);
  const page = new Page();
  hub.openViewer(page);
  t.strictSame(page.outline, ['endpoint 1', 'call 3']);
  const { hub: shown } = hubWith();
  shown.show([endpointRecord({ seq: 1 }), large, callRecord({ seq: 3 })]);
  t.equal(shown.dropped, 1);
});

t.test('for any text that a feed sends, the hub does not throw', async (t) => {
  const { hub, feed } = hubWith({ maxRecords: 50, maxChars: 50_000 });
  const page = new Page();
  hub.openViewer(page);
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.json().map((json) => `[${json}]`),
      ),
      (text) => {
        feed.takeMessage(text);
        hub.flush();
      },
    ),
  );
  t.equal(page.records.length, 0);
});

t.test(
  'however feeds and viewers come and go, each page gets each record once, in order',
  async () => {
    const records = sampleTraffic(5, 25);
    const actions = fc.array(
      fc.oneof(
        fc.record({ act: fc.constant('feed'), count: fc.integer({ min: 1, max: 40 }) }),
        fc.record({
          act: fc.constantFrom('break', 'leave', 'return', 'stall', 'flush'),
          count: fc.constant(0),
        }),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(actions, (steps) => {
        const { hub } = hubWith({ maxRecords: 60 });
        const page = new Page();
        let feed = hub.openFeed();
        let fed = 0;
        let watching = true;
        hub.openViewer(page);
        for (const { act, count } of steps) {
          if (act === 'feed') {
            feedAll(feed, records.slice(fed, fed + count));
            fed = Math.min(fed + count, records.length);
          } else if (act === 'break') {
            feed.close();
            feed = hub.openFeed();
            feedAll(feed, records.slice(0, fed));
          } else if (act === 'leave') {
            hub.closeViewer(page);
            watching = false;
          } else if (act === 'return' && !watching) {
            hub.openViewer(page, page.last);
            watching = true;
          } else if (act === 'stall') page.bufferedBytes = page.bufferedBytes === 0 ? Infinity : 0;
          else hub.flush();
        }
        page.bufferedBytes = 0;
        if (!watching) hub.openViewer(page, page.last);
        hub.flush();
        // The records of endpoints come again when the endpoints are back.
        const told = page.records.filter(({ type }) => !type.startsWith('endpoint'));
        const keys = told.map(({ endpoint, seq }) => `${endpoint} ${seq}`);
        if (new Set(keys).size !== keys.length) throw new Error('twice');
        const order = new Map(
          records.map(({ endpoint, seq }, index) => [`${endpoint} ${seq}`, index]),
        );
        const places = keys.map((key) => order.get(key)!);
        if (places.some((place, index) => place < (places[index - 1] ?? 0)))
          throw new Error('order');
        const late = new Page();
        hub.openViewer(late);
        for (const record of late.records) {
          if (!record.type.startsWith('endpoint') && !keys.includes(keyOf(record))) {
            throw new Error(`${keyOf(record)} is missing`);
          }
        }
      }),
    );
  },
);

t.test('a recording ends for its viewers; an endpoint of it that is fed returns', async (t) => {
  const { hub, feed, reports } = hubWith();
  const records = [endpointRecord({ seq: 1 }), callRecord({ seq: 2, atMs: START_MS + 5 })];
  hub.show(records);
  const page = new Page();
  hub.openViewer(page);
  t.match(page.records.at(-1), {
    ...{ type: 'endpoint.closed', lost: true, recorded: true },
    ...{ endpoint: 'client', seq: 2.5, atMs: START_MS + 5 },
  });
  t.strictSame(reports, []);
  feedAll(feed, [...records, stepRecord({ seq: 3 })]);
  t.strictSame(
    reports.map(({ type }) => type),
    ['endpoint.returned'],
  );
});

t.test('a late viewer is told how many calls it cannot see any more', async (t) => {
  const { hub, feed } = hubWith({ maxRecords: 4 });
  feedAll(feed, [
    endpointRecord({ seq: 1 }),
    ...calls(10, 1).flatMap((call, index) => [
      { ...call, seq: 2 + 2 * index },
      finalStep({ seq: 3 + 2 * index, actor: 1 + index }),
    ]),
  ]);
  const page = new Page();
  hub.openViewer(page);
  t.equal(page.messages[0]?.callsDropped, 8);
  t.equal(page.records.filter(({ type }) => type === 'call').length, 2);
});

/** The pages say the words that the tables have. */
import t from 'tap';
import { OUTCOME_STATES } from '../../src/api/call-state.js';
import { NOTIFICATION_ENDINGS } from '../../src/api/notification-state.js';
import { PEER_HEALTHS } from '../../src/api/health.js';
import { VERDICTS } from '../../src/api/verdict.js';
import { CLASSES } from '../../src/doctor/class.js';
import { CALL_OPTIONS } from '../../src/call/options.js';
import { ENDPOINT_OPTIONS } from '../../src/endpoint/options.js';
import { LIMITS } from '../../src/engine/limits.js';
import * as rpcudp from '../../src/index.js';
import { COUNTED_FAMILIES } from '../../src/metrics/counted-families.js';
import { DURATION_FAMILIES } from '../../src/metrics/duration-families.js';
import { NOTIFY_OPTIONS } from '../../src/notification/options.js';
import { isNameOf, namesOf } from '../../src/vocabulary.js';
import { DROP_REASONS } from '../../src/wire/drop-reason.js';
import { ERROR_CODES, isErrorCode } from '../../src/wire/error-code.js';
import { MAX_REQUEST_BODY_BYTES, MIN_DATAGRAM_BYTES } from '../../src/wire/frame.js';
import { FRAME_TYPES } from '../../src/wire/frame-type.js';
import { KEY } from '../../src/wire/header-map.js';
import { MAX_DEPTH } from '../../src/wire/skim.js';
import { codeIn, PAGES, pageOf } from './pages.js';

const calling = pageOf('src/call/README.md');
const notifying = pageOf('src/notification/README.md');
const serving = pageOf('src/handler/README.md');
const endpoint = pageOf('src/endpoint/README.md');
const wire = pageOf('src/wire/README.md');

/** The names in the first column of a table. */
function namesIn(rows: readonly (readonly string[])[]): string[] {
  return rows.flatMap(([names = '']) => codeIn(names));
}

t.test('there is a row for each option of an endpoint, with its default', async (t) => {
  const tables = ['What it is', 'Calls', 'Serving'].map((heading) => endpoint.tableBelow(heading));
  const defaults = new Map(
    tables
      .flat()
      .flatMap(([names = '', standard = '']) =>
        codeIn(names).map((name) => [name, standard] as const),
      ),
  );
  t.same([...defaults.keys()].sort(), namesOf(ENDPOINT_OPTIONS).toSorted());
  for (const name of namesOf(ENDPOINT_OPTIONS)) {
    const words = wordsOf(ENDPOINT_OPTIONS[name].standard);
    if (words.length === 0) continue;
    const told = defaults.get(name) ?? '';
    t.ok(
      words.some((word) => told.includes(word)),
      `${name}: ${words.join(' or ')}, and not ${told}`,
    );
  }
});

/** How a default may be written; not at all if it is no plain value. */
function wordsOf(standard: unknown): string[] {
  if (typeof standard === 'string') return [`\`'${standard}'\``];
  if (typeof standard === 'boolean') return [`\`${standard}\``];
  if (typeof standard !== 'number') return [];
  const mebibytes = standard / 2 ** 20;
  const words = standard.toLocaleString('en-US');
  return mebibytes >= 1 ? [words, `${mebibytes} MiB`] : [words];
}

t.test('the README tells the limits as they are', (t) => {
  const rows = pageOf('README.md').tableBelow('Limits');
  const told = new Map(rows.map(([what = '', limit = '']) => [what, limit.match(/\d[\d,]*/g)]));
  const standards = (...names: (keyof typeof LIMITS)[]) =>
    names.map((name) => LIMITS[name].standard?.toLocaleString('en-US'));
  t.same(
    told.get('calls in flight to one peer'),
    standards('initialWindow', 'window', 'mailbox'),
    'calls in flight',
  );
  const seconds = String(LIMITS.replayWindowMs.standard / 1_000);
  t.same(told.get('at most once'), [seconds, ...standards('maxReplies')], 'at most once');
  t.end();
});

t.test('there is a row for each metric, with its labels', async (t) => {
  const counted = Object.values(COUNTED_FAMILIES).map(({ name, label }) =>
    label === undefined ? name : `${name}{${label}}`,
  );
  const durations = DURATION_FAMILIES.map(({ name, label }) => `${name}{procedure,${label}}`);
  const told = namesIn(pageOf('src/metrics/README.md').tableBelow('Prometheus'));
  t.same(told.sort(), [...counted, ...durations].sort());
});

t.test('there is a row for each option of a call', async (t) => {
  t.same(namesIn(calling.tableBelow('Options of a call')).sort(), namesOf(CALL_OPTIONS).toSorted());
});

t.test(
  'there is a row for each option of a notification, and for each way that one ends',
  async (t) => {
    const options = notifying.tableBelow('Options of a notification');
    t.same(namesIn(options).sort(), namesOf(NOTIFY_OPTIONS).toSorted());
    t.same(namesIn(notifying.tableBelow('How one ends')), namesOf(NOTIFICATION_ENDINGS));
  },
);

t.test('there is a row for each error code, which says whether the procedure ran', async (t) => {
  const told = serving.tableBelow('Errors').map(([code = '', , executed = '']) => ({
    code: codeIn(code)[0] ?? '',
    ran: !codeIn(executed).includes("'no'"),
  }));
  t.same(told.map(({ code }) => code).sort(), namesOf(ERROR_CODES).toSorted());
  for (const { code, ran } of told) {
    if (isErrorCode(code)) t.equal(ran, ERROR_CODES[code].ran, code);
  }
});

t.test('there is a row for each outcome, and for each verdict', async (t) => {
  t.same(namesIn(pageOf('README.md').tableBelow('Outcomes')), OUTCOME_STATES);
  t.same(namesIn(calling.tableBelow('Outcomes')).sort(), namesOf(VERDICTS).toSorted());
});

t.test('no page has a state of health that is none', async (t) => {
  const codes = PAGES.flatMap(({ prose }) => codeIn(prose));
  const charts = codes.filter((code) => code.includes('→') && code.includes('suspect'));
  const told = charts.flatMap((chart) => chart.split(/\W+/).filter(Boolean));
  t.ok(told.length > 0);
  for (const health of told) t.ok(isNameOf(PEER_HEALTHS, health), health);
});

t.test('there is a line for each frame type: its byte, its name and what it says', async (t) => {
  for (const type of namesOf(FRAME_TYPES)) {
    const { byte, words } = FRAME_TYPES[type];
    const line = wire.lines.find((one) => one.includes(hexOf(byte)) && one.includes(` ${type} `));
    t.ok(line?.includes(words), `${hexOf(byte)} ${type}: ${words}`);
  }
});

function hexOf(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}

t.test('there is a row for each entry of a header map', async (t) => {
  const told = wire.tableBelow('The header map').filter(([, name = '']) => name !== '');
  t.same(
    told.map(([key = '', name = '']) => [codeIn(name)[0], Number(key)]),
    Object.entries(KEY),
  );
});

t.test('there is a row for each reason to drop, with the rule that is broken', async (t) => {
  const told = wire.tableBelow('What is dropped');
  t.same(
    told.map(([name = '', rule = '']) => [codeIn(name)[0], rule.replaceAll('`', '')]),
    Object.entries(DROP_REASONS).map(([name, { rule }]) => [name, rule]),
  );
});

t.test('there is a row for each class of the doctor, with its exit code', async (t) => {
  const told = pageOf('src/doctor/README.md').tableBelow('Diagnoses');
  t.same(
    told.map(([name = '', code = '', words = '']) => [codeIn(name)[0], Number(code), words]),
    Object.entries(CLASSES).map(([name, { exitCode, words }]) => [name, exitCode, words]),
  );
});

t.test('there is a row for each error class that the package exports', async (t) => {
  const classes = Object.entries(rpcudp).filter(
    ([, value]) => typeof value === 'function' && value.prototype instanceof Error,
  );
  t.same(namesIn(endpoint.tableBelow('Errors')).sort(), classes.map(([name]) => name).sort());
});

t.test('each count of an endpoint is named', async (t) => {
  await using opened = await rpcudp.createEndpoint({ host: '127.0.0.1' });
  const codes = new Set(codeIn(endpoint.prose));
  for (const name of Object.keys(opened.stats())) t.ok(codes.has(name), name);
});

t.test('what is said of a broken rule names the bounds that hold', async (t) => {
  t.match(DROP_REASONS.tooShort.rule, ` ${MIN_DATAGRAM_BYTES} bytes`);
  t.match(DROP_REASONS.tooLong.rule, ` ${MAX_REQUEST_BODY_BYTES} bytes`);
  t.match(DROP_REASONS.depth.rule, ` ${MAX_DEPTH} deep`);
});

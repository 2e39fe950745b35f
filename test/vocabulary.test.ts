/** The READMEs use the words of the tables. */
import t from 'tap';
import { CALL_OPTIONS } from '../src/call/options.js';
import { OUTCOME_STATES } from '../src/api/call-state.js';
import { VERDICTS } from '../src/api/verdict.js';
import { ENDPOINT_OPTIONS } from '../src/endpoint/options.js';
import { PEER_HEALTHS } from '../src/api/health.js';
import { isNameOf, namesOf } from '../src/vocabulary.js';
import { DROP_REASONS } from '../src/wire/drop-reason.js';
import { ERROR_CODES, isErrorCode } from '../src/wire/error-code.js';
import { MAX_REQUEST_BODY_BYTES, MIN_DATAGRAM_BYTES } from '../src/wire/frame.js';
import { FRAME_TYPES } from '../src/wire/frame-type.js';
import { MAX_DEPTH } from '../src/wire/skim.js';
import { codeIn, readmeLines, readmeTableWith } from './fixtures/readmes.js';

const codes = new Set(readmeLines().flatMap(codeIn));

t.test('the README has a row for each option of an endpoint, with its default', async (t) => {
  const defaults = new Map(
    readmeTableWith('timeoutMs').rows.flatMap(([names = '', standard = '']) =>
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

/** How a default may be written. Empty if it is not a plain value. */
function wordsOf(standard: unknown): string[] {
  if (typeof standard === 'string') return [`\`'${standard}'\``];
  if (typeof standard === 'boolean') return [`\`${standard}\``];
  if (typeof standard !== 'number') return [];
  const mebibytes = standard / 2 ** 20;
  const words = standard.toLocaleString('en-US');
  return mebibytes >= 1 ? [words, `${mebibytes} MiB`] : [words];
}

t.test('the READMEs name each option of a call', async (t) => {
  for (const name of namesOf(CALL_OPTIONS)) t.ok(codes.has(name), name);
});

t.test('the README tells which error codes mean that the procedure ran', async (t) => {
  const { rows } = readmeTableWith(namesOf(ERROR_CODES)[0] ?? '');
  const told = rows.flatMap(([names = '', , executed = '']) =>
    codeIn(names).map((code) => ({ code, ran: !codeIn(executed).includes("'no'") })),
  );
  t.same(
    told.map(({ code }) => code).sort(),
    namesOf(ERROR_CODES).toSorted(),
    'every code, and none else',
  );
  for (const { code, ran } of told) {
    if (isErrorCode(code)) t.equal(ran, ERROR_CODES[code].ran, code);
  }
});

t.test('the README has a row for each outcome, and names each verdict', async (t) => {
  const told = readmeTableWith('timedOut').rows.flatMap(([state = '']) => codeIn(state));
  t.same(told, OUTCOME_STATES);
  for (const verdict of namesOf(VERDICTS)) t.ok(codes.has(verdict), verdict);
});

t.test('the README names only states of health that exist', async (t) => {
  const charts = [...codes].filter((code) => code.includes('→') && code.includes('suspect'));
  const told = charts.flatMap((chart) => chart.split(/\W+/).filter(Boolean));
  t.ok(told.length > 0);
  for (const health of told) t.ok(isNameOf(PEER_HEALTHS, health), health);
});

t.test(
  'the README has a line for each frame type: its byte, its name and its meaning',
  async (t) => {
    const lines = readmeLines();
    for (const type of namesOf(FRAME_TYPES)) {
      const { byte, words } = FRAME_TYPES[type];
      const line = lines.find((one) => one.includes(hexOf(byte)) && one.includes(` ${type} `));
      t.ok(line?.includes(words), `${hexOf(byte)} ${type}: ${words}`);
    }
  },
);

function hexOf(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}

t.test('the rule of a drop reason names the right bound', async (t) => {
  t.match(DROP_REASONS.tooShort.rule, ` ${MIN_DATAGRAM_BYTES} bytes`);
  t.match(DROP_REASONS.tooLong.rule, ` ${MAX_REQUEST_BODY_BYTES} bytes`);
  t.match(DROP_REASONS.depth.rule, ` ${MAX_DEPTH} deep`);
});

/** Evidence in, class and sentences out. */
import t from 'tap';
import { CLASS_NAMES, CLASSES, type ClassName } from '../../src/doctor/class.js';
import { diagnose } from '../../src/doctor/diagnosis.js';
import type { Evidence } from '../../src/doctor/evidence.js';
import { findingsOf } from '../../src/doctor/findings.js';
import { wilsonInterval } from '../../src/doctor/statistics.js';
import { EXIT_CODE } from '../../src/cli/exit-code.js';

const ADDRESS = '192.0.2.1:1234';

const PROCESS = { tookMs: 5_000, longestStallMs: 3, clockJumpMs: 0.1, examinations: 1, ignored: 0 };
const PRESENT = {
  ...{ address: ADDRESS, localPort: 40_000, sent: 1, taken: 1, answered: 1, rttMs: 2 },
  ...{ elsewhere: [], copies: 0, refused: [] },
};
const SILENT = { ...PRESENT, sent: 7, taken: 7, answered: 0 };
const REFUSAL = { sent: 3, answered: false, errors: [], localHost: '192.0.2.9' };
const FINE: Evidence = {
  target: ADDRESS,
  presence: [PRESENT],
  refusal: { ...REFUSAL, answered: true },
  description: { state: 'told', version: '1.0.0', caller: '192.0.2.9:40000' },
  loss: lossOf(0),
  sizes: { there: { passedBytes: 65_507, sent: 1 }, back: { passedBytes: 65_507, sent: 1 } },
  mapping: mappingOf(),
  process: PROCESS,
};
const NOTHING: Evidence = {
  ...{ target: ADDRESS, presence: [SILENT], refusal: REFUSAL, process: PROCESS },
  call: { procedure: 'stun', sent: 3 },
  control: { ports: [1, 2, 3], refused: 0 },
};

function lossOf(lost: number) {
  return { sent: 100, lost, rate: wilsonInterval(lost, 100), rttMs: { p50: 1, p95: 2, max: 3 } };
}

function mappingOf(...callers: string[]) {
  return { localPort: 40_000, idleMs: 4_000, answered: true, freshAnswered: true, callers };
}

const answer = { type: 'response', from: ADDRESS, native: false, afterMs: 1 };
const other = { ...PRESENT, address: '192.0.2.2:1234' };
const name = { addresses: [ADDRESS, other.address] };
const stalled = { ...PROCESS, longestStallMs: 4_000, examinations: 2 };
const ports = { first: { port: 5, asked: 10, answered: 0 }, fresh: { asked: 10, answered: 10 } };
const answered = { ...REFUSAL, answered: true };

const TABLE: readonly (readonly [
  title: string,
  evidence: Evidence,
  name: ClassName,
  also?: readonly ClassName[],
])[] = [
  ['all is well', FINE, 'healthy'],
  ['two of a hundred may be chance', { ...FINE, loss: lossOf(2) }, 'healthy'],
  ['three are not', { ...FINE, loss: lossOf(3) }, 'lossy'],
  ['all are lost', { ...FINE, loss: { ...lossOf(100), rttMs: {} } }, 'lossy'],
  [
    'a limit to the server',
    { ...FINE, sizes: { there: { passedBytes: 1_200, blockedBytes: 1_201, sent: 9 } } },
    'sizeLimited',
  ],
  [
    'a limit that may be loss is none',
    { ...FINE, sizes: { there: { passedBytes: 1_200, unclearBytes: 2_048, sent: 9 } } },
    'healthy',
  ],
  [
    'a limit of what comes back, and loss',
    {
      ...FINE,
      loss: lossOf(30),
      sizes: {
        there: { passedBytes: 65_507, sent: 1 },
        back: { passedBytes: 508, blockedBytes: 509, sent: 9 },
      },
    },
    'lossy',
    ['sizeLimited'],
  ],
  ['a NAT that keeps the port', { ...FINE, mapping: mappingOf('a:1', 'a:1', 'a:1') }, 'healthy'],
  ['a NAT that changes it', { ...FINE, mapping: mappingOf('a:1', 'a:2') }, 'natTrouble'],
  [
    'a mapping that is forgotten',
    { ...FINE, mapping: { ...mappingOf(), answered: false } },
    'natTrouble',
  ],
  [
    'a server that has gone meanwhile is no NAT',
    { ...FINE, mapping: { ...mappingOf(), answered: false, freshAnswered: false } },
    'healthy',
  ],
  ['a stall, although it answers', { ...FINE, process: stalled }, 'localStall'],
  ['a stall, and loss', { ...FINE, process: stalled, loss: lossOf(9) }, 'localStall', ['lossy']],
  ['a clock set back', { ...FINE, process: { ...PROCESS, clockJumpMs: -5_000 } }, 'localStall'],
  ['two addresses that answer', { ...FINE, name, presence: [PRESENT, other] }, 'healthy'],
  [
    'the second address is silent',
    { ...FINE, name, presence: [PRESENT, { ...SILENT, address: other.address }] },
    'severalAddresses',
  ],
  [
    'the first address is silent',
    { ...NOTHING, name, presence: [SILENT, other] },
    'severalAddresses',
  ],
  [
    'the second address cannot be sent to at all',
    {
      ...FINE,
      name,
      presence: [
        PRESENT,
        { ...SILENT, address: other.address, taken: 0, refused: ['ENETUNREACH'] },
      ],
    },
    'healthy',
  ],
  ['silence everywhere', NOTHING, 'cannotTell'],
  ['silence, and a stall', { ...NOTHING, process: stalled }, 'localStall'],
  [
    'silence of this port alone',
    { ...NOTHING, control: { ports: [1, 2, 3], refused: 1 } },
    'swallowed',
  ],
  ['ICMP', { ...NOTHING, refusal: { ...REFUSAL, errors: ['ECONNREFUSED'] } }, 'nobodyListens'],
  [
    'ICMP, heard in spite of a stall',
    { ...NOTHING, process: stalled, refusal: { ...REFUSAL, errors: ['ECONNREFUSED'] } },
    'nobodyListens',
    ['localStall'],
  ],
  [
    'a firewall that rejects',
    { ...NOTHING, refusal: { ...REFUSAL, errors: ['EHOSTUNREACH'] } },
    'unreachable',
  ],
  [
    'an error that says nothing',
    { ...NOTHING, refusal: { ...REFUSAL, errors: ['ENOBUFS'] } },
    'cannotTell',
  ],
  ['an old server', { ...NOTHING, call: { procedure: 'stun', sent: 1, answer } }, 'oldServer'],
  [
    'an endpoint that answers calls and no probes is not old',
    { ...NOTHING, call: { procedure: 'stun', sent: 1, answer: { ...answer, native: true } } },
    'cannotTell',
  ],
  [
    'another address answers probes',
    { ...NOTHING, presence: [{ ...SILENT, elsewhere: [other.address] }] },
    'answeredElsewhere',
  ],
  [
    'another address answers calls',
    {
      ...NOTHING,
      call: { procedure: 'stun', sent: 1, answer: { ...answer, from: other.address } },
    },
    'answeredElsewhere',
  ],
  [
    'this machine does not send',
    { ...NOTHING, presence: [{ ...SILENT, taken: 0, refused: ['EACCES'] }] },
    'localRefusal',
  ],
  [
    'a send that fails once is no refusal',
    { ...NOTHING, presence: [{ ...SILENT, taken: 6, refused: ['ENOBUFS'] }] },
    'cannotTell',
  ],
  [
    'a full table',
    {
      ...NOTHING,
      presence: [{ ...SILENT, taken: 0, refused: ['EPERM'] }],
      conntrack: { count: 9, max: 9 },
    },
    'conntrack',
  ],
  [
    'a chosen port with an old entry',
    { ...NOTHING, refusal: answered, ports: { ...ports, isChosen: true } },
    'conntrack',
  ],
  [
    'a port that nobody chose',
    { ...NOTHING, refusal: answered, ports: { ...ports, isChosen: false } },
    'cannotTell',
  ],
  [
    'a chosen port beside much loss',
    {
      ...NOTHING,
      refusal: answered,
      ports: { ...ports, isChosen: true, fresh: { asked: 10, answered: 3 } },
    },
    'cannotTell',
  ],
  [
    'a name without addresses',
    {
      ...{ target: 'x.example:1', presence: [], process: PROCESS },
      name: { addresses: [], error: { code: 'ENOTFOUND', message: 'no such name' } },
    },
    'nameUnknown',
  ],
];

for (const [title, evidence, expected, also = []] of TABLE) {
  t.test(title, async (t) => {
    const diagnosis = diagnose(evidence);
    t.equal(diagnosis.name, expected);
    t.same(
      diagnosis.also.map((one) => one.name),
      also,
    );
    t.match(diagnosis, CLASSES[expected].exitCode === 0 ? { exitCode: 0 } : { exitCode: Number });
    for (const { because } of [diagnosis, ...diagnosis.also]) {
      t.match(because, /^[A-Z0-9\[].*\.$/, 'a sentence');
      t.notMatch(because, /undefined|NaN|\[object/);
    }
    for (const { text } of findingsOf(evidence)) t.notMatch(text, /undefined|NaN|\[object/);
  });
}

t.test('every class can be the diagnosis', async (t) => {
  const reached = new Set(TABLE.map(([, , expected]) => expected));
  t.same([...reached].sort(), CLASS_NAMES.toSorted());
});

t.test('exit codes differ from each other, and from those of other commands', async (t) => {
  const codes = CLASS_NAMES.map((one) => CLASSES[one].exitCode);
  t.equal(new Set(codes).size, codes.length);
  const others = Object.values(EXIT_CODE).filter((code) => code !== EXIT_CODE.success);
  t.same(
    others.filter((code) => (codes as number[]).includes(code)),
    [],
  );
  for (const one of CLASS_NAMES) t.ok(CLASSES[one].words.length <= 56, one);
});

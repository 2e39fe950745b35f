/** Which keys are equal in Python's rpcudp: its u-msgpack refuses a map with two equal keys. */
import { spawnSync } from 'node:child_process';
import t from 'tap';
import { DIFFERENT_KEYS, EQUAL_KEYS } from '../fixtures/hostile-keys.js';
import { python } from '../fixtures/real-parts.js';

const { path = '', skip = false } = python();

/**
 * In Python no NaN equals another, and no dictionary can be a key. If lists are keys, the last one
 * wins.
 */
const ONLY_HERE = [
  ...['what is no number', 'arrays', 'arrays of arrays'],
  ...['maps in another order', 'Maps in another order', 'empty maps'],
];

/** In Python true is 1, an integer can equal a float of any size, and times have microseconds. */
const ONLY_THERE = [
  ...['true and 1', 'false and 0', 'a bigint and a float'],
  ...['moments a nanosecond apart'],
];

type Pairs = typeof EQUAL_KEYS;

function unpack(pairs: Pairs): Map<string, string> {
  const lines = pairs.map(([, first, second]) => `82 ${first} 01 ${second} 02`);
  const input = lines.map((line) => line.replaceAll(' ', '')).join('\n');
  const run = spawnSync(path, ['test/fixtures/python/unpack.py'], { input, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  const answers = run.stdout.trim().split('\n');
  return new Map(pairs.map(([what], index) => [what, answers[index] ?? 'none']));
}

t.test(
  'keys that are equal here are equal in Python, except those that Python does not have',
  { skip },
  async (t) => {
    for (const [what, answer] of unpack(EQUAL_KEYS)) {
      if (ONLY_HERE.includes(what)) t.not(answer, 'DuplicateKeyException', what);
      else t.equal(answer, 'DuplicateKeyException', what);
    }
  },
);

t.test(
  'keys that are different here are different in Python, except some numbers and times',
  { skip },
  async (t) => {
    for (const [what, answer] of unpack(DIFFERENT_KEYS)) {
      if (ONLY_THERE.includes(what)) t.equal(answer, 'DuplicateKeyException', what);
      else t.match(answer, /^(read|UnhashableKeyException)$/, what);
    }
  },
);

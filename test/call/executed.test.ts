/** Whether a procedure can have run, by what the peer said and how many times it was asked. */
import t from 'tap';
import { executedIfRejected } from '../../src/call/executed.js';
import { RemoteError } from '../../src/api/outcome.js';
import type { Executed } from '../../src/api/outcome.js';
import { namesOf } from '../../src/vocabulary.js';
import { ERROR_CODES } from '../../src/wire/error-code.js';
import { inWorld } from '../fixtures/world.js';

/** After one transmission. */
const CODES: readonly (readonly [code: string, executed: Executed])[] = [
  ...namesOf(ERROR_CODES).map((code) => [code, ERROR_CODES[code].ran ? 'maybe' : 'no'] as const),
  ['declared', 'maybe'],
  ['constructor', 'maybe'],
];

t.test('a refusal is a promise about one transmission, but not about several', async (t) => {
  for (const [code, executed] of CODES) {
    const error = new RemoteError(code, 'why');
    t.equal(executedIfRejected(error, 1), executed, code);
    for (const attempts of [2, 3, 16]) t.equal(executedIfRejected(error, attempts), 'maybe');
  }
});

t.test(
  'a call sent once relies on what its peer says',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const peer = (await world.endpoint({ initialWindow: 64 })).peer(raw.address);
    for (const [index, [code, executed]] of CODES.entries()) {
      const call = peer.call('x');
      await world.settle();
      raw.refuse(index, [code, 'why']);
      t.match(await world.clock.runUntil(call), {
        state: 'rejected',
        executed,
        attempts: 1,
        error: { code },
      });
    }
  }),
);

t.test(
  'a call sent twice does not rely on it: the other transmission may have run',
  inWorld(async (t, world) => {
    for (const [code] of CODES) {
      const raw = await world.raw();
      const peer = (await world.endpoint()).peer(raw.address);
      const call = peer.call('x', [], { attempts: 2 });
      await world.clock.advance(1_600);
      raw.refuse(1, [code, 'why']);
      t.match(await world.clock.runUntil(call), { executed: 'maybe', attempts: 2 }, code);
    }
  }),
);

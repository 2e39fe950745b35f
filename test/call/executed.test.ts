/** Whether a procedure can have run, by what the peer said and how often it was asked. */
import t from 'tap';
import { RemoteError } from '../../src/api/outcome.js';
import { executedIfRejected } from '../../src/call/executed.js';
import type { Executed } from '../../src/api/outcome.js';
import type { ErrorCode } from '../../src/wire/error-code.js';
import { inWorld } from '../fixtures/world.js';

/** After one transmission. Every code has its row, or this does not compile. */
const EXECUTED: Readonly<Record<ErrorCode, Executed>> = {
  unknownProcedure: 'no',
  invalidArguments: 'no',
  overloaded: 'no',
  deadlinePassed: 'no',
  closing: 'no',
  handlerFailed: 'maybe',
  handlerTimedOut: 'maybe',
  invalidResult: 'maybe',
  replyTooLarge: 'maybe',
  replyForgotten: 'maybe',
};

const CODES = [
  ...Object.entries(EXECUTED),
  ['declared', 'maybe'],
  ['constructor', 'maybe'],
] as const;

t.test('a refusal is a promise about one transmission, and none about several', async (t) => {
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
  'a call sent twice does not: the other transmission may have been run',
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

/** What was persisted is damaged, or JSON has emptied it: the actor's error says what is wrong. */
import t from 'tap';
import { createActor, setup, toPromise, waitFor } from 'xstate';
import type { Snapshot } from 'xstate';
import { defineContract } from '../../src/contract/contract.js';
import { actorsOf } from '../../src/xstate/actors-of.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

/** A call that waits, as the text of its file, and the endpoint that can restore it. */
async function waiting(world: World) {
  const raw = await world.raw();
  const endpoint = await world.endpoint();
  const logic = actorsOf(endpoint).call('ask');
  const input = { address: '10.0.0.1:2000', args: ['Snake'], attempts: 3, traceparent: '00-a' };
  const actor = createActor(logic, { input }).start();
  const { call, ...others } = actor.getPersistedSnapshot() as Snapshot<unknown> & Persisted;
  actor.stop();
  await world.settle();
  raw.received.length = 0;
  const restore = (changes: object | undefined) => {
    const damaged = changes === undefined ? undefined : { ...call, ...changes };
    const snapshot = JSON.parse(JSON.stringify({ ...others, call: damaged })) as Snapshot<unknown>;
    return createActor(logic, { input, snapshot: snapshot });
  };
  return { raw, restore, call };
}

interface Persisted {
  readonly call: Readonly<Record<string, unknown>>;
}

const TEXT = (value: unknown[]) => Buffer.from(value as number[]).toString('base64');

const DAMAGES: readonly (readonly [string, unknown, RegExp])[] = [
  ...['', 'ab', 'A'.repeat(40), `${'0'.repeat(40)}\n`, 7, null].map(
    (id) => ['transactionId', id, /transactionId must be 40 hexadecimal digits/] as const,
  ),
  ['deadlineMs', 'soon', /deadlineMs must be a time/],
  ['deadlineMs', 1e300, /deadlineMs must be a time/],
  ['deadlineMs', null, /deadlineMs must be a time/],
  ['sentMs', undefined, /sentMs must be a time/],
  ['timeoutMs', -1, /timeoutMs must be a number from 0 to 2147483647/],
  ['attempts', 1.5, /attempts must be an integer/],
  ['maxAttempts', 17, /maxAttempts must be an integer from 1 to 16/],
  ['traceparent', 'é', /traceparent must be 1 to 256/],
  ['headers', 5, /headers must be text/],
  ['headers', '%', /its headers are not what was written/],
  ['headers', TEXT([0x81, 0xa1, 0x61]), /its headers are not what was written/],
  ['headers', TEXT([0x81, 0xa1, 0x61, 0x01]), /its headers are not what was written/],
  ['headers', TEXT([0x80, 0x80]), /its headers are not what was written/],
  ['headers', 'A'.repeat(800), /its headers are not what was written/],
  ['native', 'yes', /native must be true or false/],
  ['local', 5, /local must be text/],
  ['peer', {}, /peer must be text/],
  ['peer', 'not an address', /not an address/],
  ['procedure', 'other', /its request is not what was written/],
  ['request', 5, /request must be text/],
  ['request', '%', /its request is not what was written/],
  ['request', TEXT([0x92, 0xa3]), /its request is not what was written/],
  ['request', TEXT([0xdd, 1, 0xff, 0xff, 0xff]), /its request is not what was written/],
  ['request', 'A'.repeat(20_000), /its request is not what was written/],
];

t.test(
  'a damaged call is refused with what is wrong, and nothing is sent',
  inWorld(async (t, world) => {
    const { raw, restore } = await waiting(world);
    for (const [member, value, message] of DAMAGES) {
      const actor = restore({ [member]: value });
      const error = toPromise(actor.start());
      await t.rejects(error, { message }, `${member}: ${String(value).slice(0, 20)}`);
    }
    await t.rejects(toPromise(restore(undefined).start()), {
      name: 'RestoreError',
      message: 'The persisted call of "ask" cannot be restored: it has no call',
    });
    await world.settle();
    t.strictSame(raw.received, []);
    t.match(await world.clock.runUntil(toPromise(restore({}).start()).catch(String)), /timed out/);
    t.ok(raw.received.length > 0, 'whole, it is restored');
  }),
);

t.test(
  'a call of another procedure is not taken',
  inWorld(async (t, world) => {
    const endpoint = await world.endpoint();
    const input = { address: '10.0.0.9:1' };
    const actor = createActor(actorsOf(endpoint).call('ask'), { input }).start();
    const snapshot = actor.getPersistedSnapshot() as never;
    actor.stop();
    const without = actorsOf(endpoint, defineContract({})).call('ask' as never);
    const uncontracted = createActor(without, { input: input as never, snapshot });
    await t.rejects(toPromise(uncontracted.start()), { message: /has no such procedure/ });
    const other = createActor(actorsOf(endpoint).call('delete'), { input, snapshot });
    await t.rejects(toPromise(other.start()), { message: /it is a call of "ask"/ });
  }),
);

t.test(
  'a parent hears of it as of any error',
  inWorld(async (t, world) => {
    const endpoint = await world.endpoint();
    const machine = setup({ actors: { ask: actorsOf(endpoint).call('ask') } }).createMachine({
      initial: 'asking',
      states: {
        asking: {
          invoke: { src: 'ask', input: { address: '10.0.0.9:1' }, onError: 'failed' },
        },
        failed: {},
      },
    });
    const actor = createActor(machine).start();
    const file = JSON.stringify(actor.getPersistedSnapshot());
    actor.stop();
    for (const damaged of [
      file.replace(/"transactionId":"[^"]+"/, '"transactionId":"?"'),
      file.replace(/"call":\{[^}]*\}/, '"call":null'),
      file.replace('"status":"active","call"', '"status":"?","call"'),
    ]) {
      const snapshot = JSON.parse(damaged) as Snapshot<unknown>;
      const restored = createActor(machine, { snapshot }).start();
      await world.clock.runUntil(waitFor(restored, ({ value }) => value === 'failed'));
      t.equal(restored.getSnapshot().value, 'failed');
    }
  }),
);

t.test(
  'an input without its peer, as JSON leaves it, is refused with what to persist instead',
  inWorld(async (t, world) => {
    const endpoint = await world.endpoint();
    const remote = actorsOf();
    const says = {
      name: 'RestoreError',
      code: 'ERR_RPCUDP_RESTORE',
      message: /persisted peer .* Give actorsOf the endpoint, and the input \{ address, args \}/,
    };
    const peer = endpoint.peer('10.0.0.9:1');
    for (const left of [
      JSON.parse(JSON.stringify(peer)),
      {},
      undefined,
      null,
      { xstate$$type: 1 },
    ]) {
      for (const logic of [remote.call('ask'), remote.outcome('ask')]) {
        const actor = createActor(logic, { input: { peer: left as never, args: [] } });
        await t.rejects(toPromise(actor.start()), says);
      }
    }
    const spawned = createActor(remote.peer, { input: { endpoint: {} as never, address: '' } });
    const refused = toPromise(spawned);
    spawned.start();
    await t.rejects(refused, {
      code: 'ERR_RPCUDP_RESTORE',
      message: /persisted endpoint .* Give actorsOf the endpoint, and the input \{ address \}/,
    });
  }),
);

t.test('only endpoints and contracts are taken', async (t) => {
  const notOurs = { peer: () => undefined } as never;
  t.throws(() => actorsOf(notOurs), { code: 'ERR_RPCUDP_OPTION', option: 'endpoint' });
  t.throws(() => actorsOf({} as never), { code: 'ERR_RPCUDP_OPTION', option: 'contract' });
  t.throws(() => actorsOf(null as never), { code: 'ERR_RPCUDP_OPTION', option: 'contract' });
});

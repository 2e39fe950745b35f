import t from 'tap';
import { AddressError } from '../../src/address/address.js';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { OptionError, RequestTooLargeError, UnencodableError } from '../../src/errors.js';
import { actorsOf } from '../../src/xstate/actors-of.js';
import { inWorld } from '../fixtures/world.js';

const NOT_POSITIVE_INTEGERS = [0, -1, 1.5, NaN, Infinity, 2 ** 31, '5', 5n, null, {}];

t.test(
  'an endpoint refuses options out of bounds, and names them',
  inWorld(async (t, world) => {
    const refused = (options: Record<string, unknown>) => world.endpoint(options);
    for (const value of NOT_POSITIVE_INTEGERS) {
      for (const option of ['timeoutMs', 'attempts', 'window', 'maxPeers', 'maxOutstanding']) {
        await t.rejects(refused({ [option]: value }), { code: 'ERR_RPCUDP_OPTION', option });
      }
    }
    for (const option of [
      ...['mailbox', 'lingerMs', 'maxReplies', 'maxReplyBytes', 'maxBundleBytes', 'closeGraceMs'],
    ]) {
      await t.rejects(refused({ [option]: -1 }), { code: 'ERR_RPCUDP_OPTION', option });
      await (await refused({ [option]: 0 })).close();
    }
    await t.rejects(refused({ attempts: 17 }), {
      message: "The option 'attempts' must be an integer from 1 to 16, but is 17",
    });
    await t.rejects(refused({ timeoutMs: '5' }), {
      message: `The option 'timeoutMs' must be an integer from 1 to 2147483647, but is "5"`,
    });
    await t.rejects(refused({ timeout: 5 }), {
      message:
        /^The option 'timeout' is not known; the options of an endpoint are timeoutMs, attempts, /,
    });
  }),
);

t.test(
  'mistakes in a call are thrown where the call is made, and nothing is sent',
  inWorld(async (t, world) => {
    const client = await world.endpoint();
    const peer = client.peer('10.0.0.9:1');
    const call = (args: unknown, options?: Record<string, unknown>) => () =>
      peer.call('x', args as [], options);
    for (const value of [-1, NaN, Infinity, 2 ** 31, '5', 5n, null, {}]) {
      t.throws(call([], { timeoutMs: value }), OptionError);
    }
    for (const value of [0, 17, 1.5, '2', NaN]) {
      t.throws(call([], { attempts: value }), OptionError, `attempts ${String(value)}`);
    }
    t.throws(call([], { timeout: 5 }), {
      message:
        "The option 'timeout' is not known; the options of a call are timeoutMs, attempts, signal, traceparent, headers, reference",
    });
    t.throws(call([], { signal: {} }), { message: "The option 'signal' must be an AbortSignal" });
    class Inherited {
      get timeoutMs(): number {
        return -1;
      }
    }
    for (const options of [new Inherited(), Object.create({ timeoutMs: -1 })]) {
      t.throws(
        call([], options as Record<string, unknown>),
        OptionError,
        'what is inherited counts',
      );
    }
    for (const args of ['text', 5, { a: 1 }, new Set()]) t.throws(call(args), UnencodableError);
    t.throws(call([{ user: { tags: ['a', () => 0] } }]), {
      code: 'ERR_RPCUDP_UNENCODABLE',
      message: /^args\[0\]\.user\.tags\[1\]: /,
    });
    t.throws(call(['x'.repeat(9_000)]), RequestTooLargeError);
    t.throws(call(['x'.repeat(9_000)]), {
      procedure: 'x',
      limitBytes: 8_192,
      message: /^The request to "x" takes at least 900\d bytes; .* may take at most 8192$/,
    });
    for (const procedure of ['', 5, undefined, null]) {
      t.throws(() => peer.call(procedure as string), UnencodableError);
    }
    t.match(peer, { inFlight: 0, queued: 0 });
    await world.settle();
    t.equal(world.network.stats.sent, 0);
  }),
);

t.test(
  'arguments that cannot arrive unchanged are not sent, whatever they are',
  inWorld(async (t, world) => {
    const peer = (await world.endpoint()).peer('10.0.0.9:1');
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    let deep: unknown = [];
    for (let level = 0; level < 65; level++) deep = [deep];
    const throwing = {
      get getter(): never {
        throw new Error('mine');
      },
    };
    const proxy = new Proxy({}, { ownKeys: () => throwing.getter });
    const hostile = [
      ...[() => 0, Symbol('x'), 2n ** 64n, cyclic, deep, new Set(), new Error('x')],
      ...[Promise.resolve(), new Date(NaN), throwing, proxy, 'x'.repeat(9_000), '\ud800'],
    ];
    for (const [index, value] of hostile.entries()) {
      t.throws(() => peer.call('x', [value]), { code: /ERR_RPCUDP_/ }, `number ${index}`);
    }
    t.equal(world.network.stats.sent, 0);
  }),
);

t.test(
  'an invalid address is refused, and nothing is sent',
  inWorld(async (t, world) => {
    const client = await world.endpoint();
    const bad: unknown[] = [
      ...['', 'localhost', '10.0.0.1', '256.1.1.1:5', '::1', '::1:53', '10.0.0.1:0'],
      ...['10.0.0.1:65536', '10.0.0.1:-1', '10.0.0.1:1.5', '[::1:5', 'a b:5', ':5', null, 5],
      ...[0, 65_536, NaN, -1, 1.5, '53'].map((port) => ({ host: '10.0.0.1', port })),
    ];
    for (const address of bad) {
      t.throws(() => client.peer(address as string), AddressError, JSON.stringify(address));
    }
    t.throws(() => client.peer('[::1]:53'), {
      code: 'ERR_RPCUDP_ADDRESS',
      message: '[::1]:53 cannot be reached from 10.0.0.1:1000, which speaks IPv4',
    });
    t.equal(client.stats().peersNow, 0);
  }),
);

t.test(
  'a value that is not a contract is refused where it is given',
  inWorld(async (t, world) => {
    const client = await world.endpoint();
    const expected = {
      code: 'ERR_RPCUDP_OPTION',
      option: 'contract',
      message: "The option 'contract' must be a contract made by defineContract",
    };
    for (const contract of [{}, null, 'greet', { procedures: {} }, () => ({})]) {
      t.throws(() => client.peer('10.0.0.9:1', contract as never), expected);
      t.throws(() => actorsOf(contract as never), expected);
      await t.rejects(world.endpoint({ contract, handlers: {} } as never), expected);
    }
    t.equal(client.stats().peersNow, 0);
  }),
);

t.test(
  'an address is only for UDP: with your own transport it is a mistake, even if it is the same',
  inWorld(async (t, world) => {
    const transport = world.network.transport('10.0.0.9', 1000);
    for (const [option, value] of [
      ['host', '10.0.0.9'],
      ['port', 1000],
      ['port', 0],
    ] as const) {
      await t.rejects(createEndpoint({ transport, [option]: value }), {
        code: 'ERR_RPCUDP_OPTION',
        option,
        message: `The option '${option}' is only for UDP; a custom transport brings its own address`,
      });
    }
    const endpoint = await createEndpoint({ transport, clock: world.clock });
    t.strictSame(endpoint.address, { host: '10.0.0.9', port: 1000 }, 'nothing was bound before');
    await endpoint.close();
  }),
);

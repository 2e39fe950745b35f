/**
 * Names from the network are looked up among the served procedures, never among properties of
 * JavaScript.
 */
import t from 'tap';
import { handlersOf } from '../../src/handler/handlers-of.js';
import type { Handlers } from '../../src/api/handlers.js';
import { escapeText } from '../../src/escape.js';
import { HostileEndpoint, pollution } from '../fixtures/hostile-endpoint.js';
import { frame, idOf, request } from '../fixtures/raw-peer.js';

const PEER = ['10.0.0.2', 2000] as const;

/** Every name that some object or function has without being given it. */
const INHERITED = [
  ...new Set(
    [Object, Function, Array, Promise, Map].flatMap(({ prototype }) =>
      Object.getOwnPropertyNames(prototype),
    ),
  ),
];

const nothing = (): null => null;

class Service {
  rpc_add(_: unknown, a: number, b: number): number {
    return a + b;
  }
  reset(): string {
    return 'reset';
  }
}

t.test('a name that handlers inherit is unknown (H48)', async (t) => {
  const offers: Readonly<Record<string, Handlers>> = {
    'an object': { add: nothing },
    'an object without a prototype': Object.assign(Object.create(null) as object, { add: nothing }),
    'an object with procedures in its prototype': Object.assign(
      Object.create({ reset: nothing, rpc_add: nothing }) as object,
      { add: nothing },
    ),
    'the methods of a class': handlersOf(new Service()),
  };
  for (const [what, handlers] of Object.entries(offers)) {
    const hostile = await HostileEndpoint.in(t, { handlers });
    const names = [
      ...INHERITED,
      'reset',
      'rpc_add',
      'rpc_reset',
      '',
      'ADD',
      'add ',
      'add\0',
      '\ufeffadd',
    ];
    for (const [id, name] of names.entries()) {
      const fate = hostile.receive(request(id, name), ...PEER);
      if (fate !== 'request.refused.unknownProcedure') t.fail(`${what}: ${name} met ${fate}`);
    }
    t.equal(hostile.receive(request(255, 'add', 1, 2), ...PEER), 'request.run', what);
  }
});

t.test('it is not found either when somebody has polluted Object.prototype', async (t) => {
  const hostile = await HostileEndpoint.in(t, { handlers: { add: nothing } });
  const prototype = Object.prototype as { planted?: () => null };
  prototype.planted = nothing;
  t.teardown(() => delete prototype.planted);
  t.equal(hostile.receive(request(1, 'planted'), ...PEER), 'request.refused.unknownProcedure');
  // A map is still read. And a duplicate key is still found, although the map now inherits one more
  // key.
  t.equal(hostile.receive(request(2, 'add', { a: 1, b: { c: 2, d: 3 } }), ...PEER), 'request.run');
  const twice = Buffer.concat([
    Buffer.alloc(21),
    Buffer.from('92a361646491 82a16101a16102'.replace(' ', ''), 'hex'),
  ]);
  t.equal(hostile.receive(twice, ...PEER), 'malformed.duplicateKey');
});

t.test('a procedure may have such a name if it is served', async (t) => {
  const names = INHERITED.filter((name) => name !== '__proto__');
  const handlers = Object.fromEntries(names.map((name) => [name, () => `my ${name}`]));
  const hostile = await HostileEndpoint.in(t, { handlers });
  for (const [id, name] of names.entries()) {
    t.equal(hostile.receive(request(id, name), ...PEER), 'request.run', name);
  }
  t.equal(hostile.receive(request(255, '__proto__'), ...PEER), 'request.refused.unknownProcedure');
});

t.test('a value may have keys with such names, and is a value like any other (H27)', async (t) => {
  const hostile = await HostileEndpoint.in(t);
  const peer = hostile.endpoint.peer(PEER.join(':'));
  const names = INHERITED.filter((name) => name !== '__proto__');
  const value = Object.fromEntries(names.map((name) => [name, name]));
  const call = peer.call('get');
  hostile.receive(frame('response', hostile.idSent(0), value), ...PEER);
  // `then` is among them: `await` must not take the value for a promise.
  t.strictSame(await call, { ...(await call), state: 'resolved', value });

  const failed = peer.call('get');
  hostile.receive(
    frame('error', idOf(hostile.sent[1]!.datagram), ['constructor', '__proto__', value]),
    ...PEER,
  );
  const outcome = await failed;
  t.match(outcome, { state: 'rejected', error: { message: '__proto__', data: value } });
  t.strictSame(pollution(), []);
});

t.test('an invalid address is a bad source, whatever its name is', async (t) => {
  const hostile = await HostileEndpoint.in(t, { handlers: { add: nothing } });
  const hosts = [
    '__proto__',
    'constructor',
    'toString',
    '',
    ' ',
    '\0',
    '255.255.255.255',
    '224.0.0.1',
    'ff02::1',
  ];
  for (const host of hosts) {
    t.equal(hostile.receive(request(1, 'add'), host, 2000), 'badSource', escapeText(host));
  }
  t.match(hostile.endpoint.stats(), { peersNow: 0, attempted: 0 });
  t.strictSame([...hostile.imbalances(), ...pollution()], []);
});

import t from 'tap';
import { defineContract } from '../../src/contract/contract.js';
import { procedureTable } from '../../src/handler/procedures.js';
import { handlersOf } from '../../src/handler/handlers-of.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { inWorld } from '../fixtures/world.js';

class Base {
  readonly name: string = 'base';
  rpc_inherited(_scope: HandlerScope): string {
    return this.name;
  }
  rpc_overridden(_scope: HandlerScope): string {
    return 'base';
  }
}

class Service extends Base {
  override readonly name = 'service';
  rpc_field = 5;
  rpc_ = (): string => 'no name';
  override rpc_overridden(_scope: HandlerScope): string {
    return 'service';
  }
  rpc_own(_scope: HandlerScope, word: string): string {
    return `${this.name} ${word}`;
  }
  helper(): string {
    return 'not offered';
  }
}

t.test('handlersOf serves the methods with the prefix, inherited ones too', async (t) => {
  const handlers = handlersOf(new Service());
  t.strictSame(Object.keys(handlers).sort(), ['inherited', 'overridden', 'own']);
  const scope = undefined as never;
  t.equal(handlers.own(scope, 'word'), 'service word', 'bound to their object');
  t.equal(handlers.inherited(scope), 'service');
  t.equal(handlers.overridden(scope), 'service');
});

t.test('handlersOf takes another prefix, and serves nothing of Object', async (t) => {
  const object = { on_ping: (_scope: HandlerScope) => 'pong', rpc_x: () => 0 };
  t.strictSame(Object.keys(handlersOf(object, 'on_')), ['ping']);
  t.strictSame(Object.keys(handlersOf(object, 'to')), []);
  t.throws(() => handlersOf({}, ''), { message: 'handlersOf needs a prefix that is not empty' });
});

t.test('handlersOf runs no getters of what it does not serve', async (t) => {
  const object = {
    get danger(): never {
      throw new Error('a getter ran');
    },
    rpc_x: (_scope: HandlerScope) => 1,
  };
  t.strictSame(Object.keys(handlersOf(object)), ['x']);
});

t.test('a method called __proto__ is a procedure like any other', async (t) => {
  const handlers = handlersOf({ ['rpc___proto__']: (_scope: HandlerScope) => 'own' });
  t.strictSame(Object.keys(handlers), ['__proto__']);
});

t.test('a handler that is not a function is refused by name', async (t) => {
  const table = (handlers: unknown) => procedureTable(handlers as Record<string, () => void>);
  t.throws(() => table({ a: () => 0, b: 5 }), {
    message: 'handlers.b must be a function, but is of type number',
  });
  t.throws(() => table({ c: null }), { message: 'handlers.c must be a function, but is null' });
});

t.test(
  'procedures added or changed after the endpoint was opened are ignored',
  inWorld(async (t, world) => {
    const handlers: Record<string, () => string> = { a: () => 'before' };
    const server = await world.endpoint({ handlers });
    handlers['a'] = () => 'after';
    handlers['b'] = () => 'added';
    const peer = (await world.endpoint({ timeoutMs: 100 })).peer(server.address);
    t.match(await world.clock.runUntil(peer.call('a')), { value: 'before' });
    t.match(await world.clock.runUntil(peer.call('b')), {
      state: 'rejected',
      error: { code: 'unknownProcedure' },
    });
  }),
);

t.test(
  'an instance of a class has no handlers of its own, and the error names handlersOf',
  async (t) => {
    class Service {
      rpc_x(): number {
        return 1;
      }
    }
    t.throws(() => procedureTable(new Service() as never), {
      message: /handlersOf\(instance, 'rpc_'\)/,
    });
  },
);

t.test(
  'in a procedure, this is the object of handlers, with a contract and without',
  inWorld(async (t, world) => {
    const methods = {
      count: (_scope: HandlerScope) => 41,
      next(scope: HandlerScope): number {
        return this.count(scope) + 1;
      },
    };
    const contract = defineContract({ count: {}, next: {} });
    for (const server of [
      await world.endpoint({ handlers: methods }),
      await world.endpoint({ contract, handlers: methods }),
    ]) {
      const client = await world.endpoint();
      t.match(await world.clock.runUntil(client.peer(server.address).call('next')), { value: 42 });
    }
    await world.endpoint({
      handlers: {
        one: () => 1,
        two(scope: HandlerScope): number {
          // What is written in place has its type, too.
          return this.one() + scope.attempt;
        },
      },
    });
  }),
);

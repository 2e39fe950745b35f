/**
 * Procedures: what the endpoints of the world serve. Every procedure tells the oracle that it ran.
 */
import type { HandlerScope } from '../../src/api/scope.js';
import type { Handlers } from '../../src/api/handlers.js';
import { ProcedureError } from '../../src/api/procedure-error.js';
import type { Dice } from './dice.js';
import type { EndpointNode } from './endpoint-node.js';
import { checkHeaders } from './invariants/headers.js';
import type { PassingContext } from './middleware.js';
import { resultText } from './oracle.js';
import type { Execution } from './oracle.js';
import type { World } from './world.js';

/** The procedures that calls are drawn from; one that is listed more often is drawn more often. */
export const PROCEDURES = [
  ...(['echo', 'echo', 'add', 'add', 'add', 'slow', 'slow'] as const),
  ...(['throws', 'declares', 'big', 'hang', 'callBack', 'missing'] as const),
] as const;

export type ProcedureName = (typeof PROCEDURES)[number];

/** Above UDP's limit: no datagram can carry such a result. */
const TOO_BIG = 70_000;

export function proceduresOf(world: World, node: EndpointNode): Handlers {
  let counter = 0;
  const { incarnation } = node;

  const begin = (scope: HandlerScope, procedure: string, token: unknown): Execution => {
    if (node.plan.middleware && scope.signal.aborted) {
      world.problem('I20', `${node.name} ran ${procedure} when nobody waited any longer`);
    }
    // Behind middleware that waits, a procedure begins when other datagrams are received.
    const { ending = node.closing, transactionId = node.receivingId } =
      scope.context as Partial<PassingContext>;
    const execution: Execution = {
      serial: world.oracle.count,
      token: String(token),
      procedure,
      node: node.name,
      incarnation,
      sender: `${scope.sender.host}:${scope.sender.port}`,
      ...{ transactionId, ending },
      startedAtMs: world.nowMs,
      endedAtMs: undefined,
      result: undefined,
      declared: undefined,
    };
    world.procedureRan(node, execution);
    checkHeaders(world, node, scope, String(token));
    return execution;
  };
  const end = <Result>(execution: Execution, result: Result): Result => {
    execution.endedAtMs = world.nowMs;
    execution.result = resultText(result);
    return result;
  };
  const fail = (execution: Execution, error: Error): never => {
    execution.endedAtMs = world.nowMs;
    throw error;
  };

  return {
    echo: (scope, token: unknown, payload: unknown) => {
      const execution = begin(scope, 'echo', token);
      return end(execution, ['echo', token, payload]);
    },
    add: (scope, token: unknown) => {
      const execution = begin(scope, 'add', token);
      counter += 1;
      return end(execution, [token, incarnation, counter, world.oracle.count]);
    },
    slow: (scope, token: unknown, forMs: unknown) => {
      const execution = begin(scope, 'slow', token);
      return new Promise((resolve) => {
        const delayMs = typeof forMs === 'number' ? Math.min(Math.max(forMs, 0), 10_000) : 0;
        node.later(delayMs, () => {
          resolve(end(execution, [token, world.oracle.count]));
        });
      });
    },
    hang: (scope, token: unknown) => {
      const execution = begin(scope, 'hang', token);
      const { signal } = scope;
      return new Promise((_, reject) => {
        const aborted = (): void => {
          world.coverage.reach('procedure:aborted');
          execution.endedAtMs = world.nowMs;
          reject(new Error('nobody waits any longer'));
        };
        if (signal.aborted) aborted();
        else signal.addEventListener('abort', aborted, { once: true });
      });
    },
    throws: (scope, token: unknown) =>
      fail(begin(scope, 'throws', token), new Error('failed, as asked')),
    declares: (scope, token: unknown) => {
      const execution = begin(scope, 'declares', token);
      execution.declared = 'asAsked';
      return fail(execution, new ProcedureError('asAsked', 'declared, as asked', [token]));
    },
    big: (scope, token: unknown, bytes: unknown) => {
      const execution = begin(scope, 'big', token);
      const length = typeof bytes === 'number' ? Math.min(Math.max(bytes, 0), TOO_BIG) : 0;
      return end(execution, [token, 'x'.repeat(length)]);
    },
    callBack: async (scope, token: unknown) => {
      const execution = begin(scope, 'callBack', token);
      const callBack = async (nth: number): Promise<string> => {
        const args = [`${String(token)} back ${nth}`];
        const call = scope.endpoint.peer(scope.sender).call('echo', args, { timeoutMs: 500 });
        node.callMade();
        const { state } = await call;
        if (node.closing) world.coverage.reach(`callBackWhileEnding:${state}`);
        // The signal aborts when nobody waits for the procedure any longer.
        if (state === 'cancelled' && !scope.signal.aborted) {
          world.problem('I17', `${node.name} cancelled a call of a procedure that runs`);
        }
        return state;
      };
      const states = [await callBack(1)];
      if (node.closing && !scope.signal.aborted) states.push(await callBack(2));
      return end(execution, [token, ...states, world.oracle.count]);
    },
  };
}

/** The arguments of a call, after its token. */
export function argumentsFor(
  procedure: ProcedureName,
  world: World,
  dice: Dice = world.dice,
): unknown[] {
  switch (procedure) {
    case 'echo':
      return [dice.chance(0.1) ? 'p'.repeat(dice.below(3_000)) : dice.below(100)];
    case 'slow':
      // An argument that is not a number violates the contract, where there is one.
      if (dice.chance(0.1)) return ['soon'];
      return [dice.chance(0.2) ? dice.below(8_000) : dice.below(600)];
    case 'big':
      return [dice.pick([100, 1_000, 2_000, 20_000, TOO_BIG])];
    default:
      return [];
  }
}

/**
 * Middleware: what some endpoints of the world have around their procedures and their calls. It
 * passes on, waits, turns away, and keeps calls back. After healing it only passes on.
 */
import { formatAddress } from '../../src/address/address.js';
import type { Interceptor } from '../../src/api/interceptor.js';
import type { Middleware } from '../../src/api/middleware.js';
import { ProcedureError } from '../../src/api/procedure-error.js';
import type { EndpointNode } from './endpoint-node.js';
import type { World } from './world.js';

/** How many requests passed, in one life of an endpoint. */
export interface Passed {
  run: number;
  refused: number;
  /**
   * How many times each request that was not refused passed, by sender and transaction id: more
   * than once when it was forgotten.
   */
  readonly times: Map<string, number>;
}

/** What middleware tells the procedures of the world. */
export interface PassingContext {
  readonly transactionId: string;
  /** Whether the endpoint drained or closed when the request arrived. */
  readonly ending: boolean;
}

export function middlewareOf(
  world: World,
  node: EndpointNode,
  passed: Passed,
): { readonly use: readonly Middleware[]; readonly intercept: readonly Interceptor[] } {
  const { coverage } = world;
  const dice = world.dice.fork(`middleware of ${node.name} in life ${node.incarnation}`);

  const count: Middleware<PassingContext> = (request, next) => {
    const { refusal, sender, transactionId } = request;
    const key = `${formatAddress(sender)} ${transactionId}`;
    if (refusal === undefined) passed.times.set(key, (passed.times.get(key) ?? 0) + 1);
    passed[refusal === undefined ? 'run' : 'refused'] += 1;
    coverage.reach(refusal === undefined ? 'middleware:passed' : 'middleware:refused');
    return next({ transactionId, ending: node.closing });
  };
  const wait: Middleware = async ({ signal, refusal }, next) => {
    const delayMs = dice.below(600);
    await new Promise<void>((resolve) => {
      node.later(delayMs, resolve);
    });
    if (refusal === undefined && signal.aborted) coverage.reach('middleware:overtaken');
    return next();
  };
  const sometimes: Middleware = (request, next) => {
    if (world.healed) return next();
    const drawn = dice.unit();
    if (drawn < 0.1) {
      coverage.reach('middleware:turnedAway');
      throw new ProcedureError('turnedAway', 'not now');
    }
    return drawn < 0.3 ? wait(request, next) : next();
  };

  const keepBack: Interceptor = (_, next) => {
    if (world.healed || dice.unit() >= 0.05) {
      coverage.reach('interceptor:passed');
      return next({ traceparent: `of ${node.name}` });
    }
    coverage.reach('interceptor:keptBack');
    throw new ProcedureError('keptBack', 'not now');
  };

  return { use: [count as Middleware, sometimes], intercept: [keepBack] };
}

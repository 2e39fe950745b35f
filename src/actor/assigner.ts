/** Assigner: `assign` for one type of event. */
import { assign } from 'xstate';
import type { EventObject, MachineContext } from 'xstate';

interface Scope<TContext, TEvent> {
  readonly context: TContext;
  readonly event: TEvent;
}

type Assigner<TContext extends MachineContext, TEvent extends EventObject> = ReturnType<
  typeof assign<TContext, TEvent, undefined, TEvent, never>
>;

/**
 * Makes an `assign` for one type of a machine's events:
 * `assignFrom<Answered>(({ context, event }) => …)`. The chart must ensure that no other type of
 * event reaches it.
 */
export function assigner<TContext extends MachineContext, TEvent extends EventObject>(): <
  TOne extends TEvent,
>(
  change: (scope: Scope<TContext, TOne>) => Partial<TContext>,
) => Assigner<TContext, TEvent> {
  return (change) =>
    assign<TContext, TEvent, undefined, TEvent, never>(
      change as (scope: Scope<TContext, TEvent>) => Partial<TContext>,
    );
}

/** Assigners that know which event reaches them. */
import { assign } from 'xstate';
import type { EventObject, MachineContext } from 'xstate';

interface Scope<TContext, TEvent> {
  readonly context: TContext;
  readonly event: TEvent;
}

/** What `assign` gives for such a machine. */
type Assigner<TContext extends MachineContext, TEvent extends EventObject> = ReturnType<
  typeof assign<TContext, TEvent, undefined, TEvent, never>
>;

/**
 * Makes `assign` for one kind of a machine's events: `assignFrom<Answered>(({ context, event }) => …)`.
 * That no other kind reaches it is the chart's business.
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

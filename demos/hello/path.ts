import type { Call } from 'rpcudp';

/**
 * Waits for the outcome of the call. Returns the states it went through, such as `queued → sent →
 * awaiting → resolved`.
 */
export async function pathOf(call: Call): Promise<string> {
  const states: string[] = [call.state];
  const subscription = call.subscribe(({ value }) => states.push(value));
  await call;
  subscription.unsubscribe();
  return states.join(' → ');
}

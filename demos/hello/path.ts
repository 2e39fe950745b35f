/** The states a call goes through, as it goes through them. */
import type { Call } from 'rpcudp';

/** Waits for the call's outcome; gives its path, such as `queued → sent → awaiting → resolved`. */
export async function pathOf(call: Call): Promise<string> {
  const states: string[] = [call.state];
  const subscription = call.subscribe(({ value }) => states.push(value));
  await call;
  subscription.unsubscribe();
  return states.join(' → ');
}

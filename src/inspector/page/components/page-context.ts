/** The session, for every component. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Session } from '../live/session.js';

export const SessionContext = createContext<Session | undefined>(undefined);

/** The session, such as it is. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('There is no session above this component');
  return session;
}

/** The session; whoever asks here is drawn again whenever there is something new. */
export function useLiveSession(): Session {
  const session = useSession();
  session.follow();
  return session;
}

/** Page context: gives the session to every component. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Session } from '../live/session.js';

export const SessionContext = createContext<Session | undefined>(undefined);

/** The session. The component is not drawn again when something new comes. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('No SessionContext.Provider is above this component');
  return session;
}

/** The session. The component is drawn again when something new comes. */
export function useLiveSession(): Session {
  const session = useSession();
  session.follow();
  return session;
}

/** Main: starts the inspector's page. */
import { render } from 'preact';
import { App } from './app.js';
import { SessionContext } from './components/page-context.js';
import { AnimationFrames } from './live/animation-frames.js';
import { Connection } from './live/connection.js';
import { startKeyboard } from './live/keyboard.js';
import { Session } from './live/session.js';
import { startTheme } from './live/theme.js';

const session = new Session(
  (user) => new Connection(new URL(location.href), user),
  new AnimationFrames(),
);
startTheme();
startKeyboard(session);
session.start();
render(
  <SessionContext.Provider value={session}>
    <App />
  </SessionContext.Provider>,
  document.body,
);

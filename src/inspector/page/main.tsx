/** The inspector's page. */
import { render } from 'preact';
import { App } from './app.js';
import { SessionContext } from './components/page-context.js';
import { startKeyboard } from './live/keyboard.js';
import { Session } from './live/session.js';
import { startTheme } from './live/theme.js';

const session = new Session(new URL(location.href));
startTheme();
startKeyboard(session);
session.start();
render(
  <SessionContext.Provider value={session}>
    <App />
  </SessionContext.Provider>,
  document.body,
);

/** Main: starts the inspector's page. */
import { render } from 'preact';
import { App } from './app.js';
import { SessionContext } from './components/page-context.js';
import { startAddress } from './live/address.js';
import { AnimationFrames } from './live/animation-frames.js';
import { browserAddress } from './live/browser-address.js';
import { Connection } from './live/connection.js';
import { startKeyboard } from './live/keyboard.js';
import { startListing } from './live/listing.js';
import { Session } from './live/session.js';
import { startTheme } from './live/theme.js';
import { startTitle } from './live/title.js';

const session = new Session(
  (user) => new Connection(new URL(location.href), user),
  new AnimationFrames(),
);
startTheme();
startAddress(browserAddress());
startListing(session);
startTitle(session, (title) => (document.title = title));
startKeyboard(session);
session.start();
render(
  <SessionContext.Provider value={session}>
    <App />
  </SessionContext.Provider>,
  document.body,
);

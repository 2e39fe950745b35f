/** Browser address: the part behind the `#` of the page's URL, with the browser's history. */
import type { AddressBar } from './address.js';

export function browserAddress(): AddressBar {
  return {
    text: () => location.hash.slice(1),
    write: (text, how) => {
      try {
        if (how === 'add') history.pushState(null, '', `#${text}`);
        else history.replaceState(null, '', `#${text}`);
      } catch {
        // Browsers refuse very many changes in a short time. Then the next one is written.
      }
    },
    onMove: (moved) => addEventListener('popstate', moved),
  };
}

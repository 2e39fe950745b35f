/** The URLs of an inspector's WebSockets, from the URL of its page. */
import { InspectorUrlError } from './errors.js';
import { TOKEN } from './options.js';

/**
 * Turns `http://127.0.0.1:4000/<token>/`, the page's URL, into `ws://127.0.0.1:4000/<token>/watch`.
 *
 * @throws InspectorUrlError for a URL that cannot belong to an inspector.
 */
export function socketUrl(pageUrl: string, door: 'feed' | 'watch'): URL {
  const url = URL.canParse(pageUrl) ? new URL(pageUrl) : undefined;
  const [, token = ''] = /^\/([^/]*)\/?$/.exec(url?.pathname ?? '') ?? [];
  if (url === undefined || !TOKEN.test(token) || !/^(?:http|ws):$/.test(url.protocol)) {
    throw new InspectorUrlError(pageUrl);
  }
  return new URL(`ws://${url.host}/${token}/${door}`);
}

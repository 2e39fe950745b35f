/** Of an inspector's URL, those of its WebSockets. */
import { InspectorUrlError } from './errors.js';
import { TOKEN } from './options.js';

/**
 * `ws://127.0.0.1:4000/<token>/watch` for `http://127.0.0.1:4000/<token>/`, the page's URL.
 *
 * @throws InspectorUrlError for a URL that no inspector has.
 */
export function socketUrl(pageUrl: string, door: 'feed' | 'watch'): URL {
  const url = URL.canParse(pageUrl) ? new URL(pageUrl) : undefined;
  const [, token = ''] = /^\/([^/]*)\/?$/.exec(url?.pathname ?? '') ?? [];
  if (url === undefined || !TOKEN.test(token) || !/^(?:http|ws):$/.test(url.protocol)) {
    throw new InspectorUrlError(pageUrl);
  }
  return new URL(`ws://${url.host}/${token}/${door}`);
}

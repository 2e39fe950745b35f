/**
 * Guard: decides who may ask the inspector. Only a client on this machine that knows the token may.
 * A page from elsewhere in the user's browser does not know the token. Even if it learned the
 * token, it could neither reach this server under another name (DNS rebinding), nor open a
 * WebSocket.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/**
 * Whether the request names this machine as its host, and comes from a page of this server or from
 * no page.
 */
export function isLocal({ headers: { host, origin } }: IncomingMessage): boolean {
  if (host === undefined || !LOOPBACK.test(host)) return false;
  return origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`;
}

/** What follows `/<token>` in the URL, path and query. Undefined if the token is wrong. */
export function afterToken(url: string, token: string): string | undefined {
  const given = Buffer.from(url.slice(1, 1 + token.length));
  const wanted = Buffer.from(token);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  const rest = url.slice(1 + token.length);
  return rest === '' || rest.startsWith('/') || rest.startsWith('?') ? rest : undefined;
}

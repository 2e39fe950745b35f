/** What the inspector serves over HTTP: the page, and explanations of datagrams. */
import { fileURLToPath } from 'node:url';
import type { IncomingMessage, ServerResponse } from 'node:http';
import sirv from 'sirv';
import { explainDatagram } from '../../wire/explain.js';
import { MAX_DATAGRAM_BYTES } from '../../wire/frame.js';
import { afterToken, isLocal } from './guard.js';

/** Where the build puts the page. The path is the same from `src` and from `dist`. */
const PAGE_FOLDER = '../../../dist/inspector/page';

const HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self' ws:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // The URL contains the token.
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

const NO_PAGE =
  'The files of the page are not beside this program. If it is bundled, keep the package rpcudp ' +
  'external; in the repository of rpcudp, build them with: npm run build';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Answers requests whose URL begins with the token, and all others with 404. */
export function pageHandler(
  token: string,
): (request: IncomingMessage, response: ServerResponse) => void {
  const serveFile = filesOf(pageFolder());
  return (request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const rest = isLocal(request) ? afterToken(request.url ?? '', token) : undefined;
    const [path = '', query = ''] = rest?.split('?', 2) ?? [];
    if (rest === undefined) {
      say(response, 404, 'Nothing is here.');
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      say(response, 405, 'Only GET and HEAD are allowed.');
    } else if (!rest.startsWith('/')) {
      // The page loads its files by relative URLs, which needs the slash.
      response.setHeader('Location', `/${token}/${rest}`);
      say(response, 308, 'The URL must end with a slash.');
    } else if (path === '/decode') {
      decode(query, response);
    } else {
      // Ranges are not needed here, and an invalid range would make sirv throw.
      delete request.headers.range;
      request.url = rest;
      serveFile(request, response, () => {
        say(response, 404, path === '/' ? NO_PAGE : 'Nothing is here.');
      });
    }
  };
}

/** The folder of the page. Undefined in a bundle for CommonJS, whose modules have no URL. */
function pageFolder(): string | undefined {
  const { url } = import.meta as { readonly url?: string };
  return url === undefined ? undefined : fileURLToPath(new URL(PAGE_FOLDER, url));
}

type FileServer = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

function filesOf(folder: string | undefined): FileServer {
  // Looks for the file at each request, because a build may replace the files.
  if (folder !== undefined) return sirv(folder, { dev: true });
  return (_request, _response, next) => {
    next();
  };
}

/** `decode?base64=…`: explains the bytes of a datagram, as `rpcudp decode` does. */
function decode(query: string, response: ServerResponse): void {
  // A plus sign that was not escaped arrives as a space.
  const base64 = new URLSearchParams(query).get('base64')?.replaceAll(' ', '+');
  const datagram = base64 !== undefined && BASE64.test(base64) && Buffer.from(base64, 'base64');
  if (datagram === false) {
    say(response, 400, 'Use decode?base64=… with the bytes of a datagram.');
  } else if (datagram.length > MAX_DATAGRAM_BYTES) {
    say(response, 413, `A datagram has at most ${MAX_DATAGRAM_BYTES} bytes.`);
  } else {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ parts: explainDatagram(datagram) }));
  }
}

function say(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(`${text}\n`);
}

/** Token: says which device calls, until when that holds, and is signed by who issued it. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { fail } from 'rpcudp';

/** A device that may call, as its token says. */
export interface Device {
  readonly name: string;
  /** In milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** `greenhouse.1767225600000.<HMAC-SHA256 of what stands before it>`. Whoever sees it can use it. */
export function issueToken({ name, expiresAtMs }: Device, secret: string): string {
  const claim = `${name}.${expiresAtMs}`;
  return `${claim}.${signatureOf(claim, secret).toString('base64url')}`;
}

/**
 * The device to which a token was issued.
 *
 * @throws ProcedureError, which tells the caller what is wrong: `tokenMissing`, `tokenForged`,
 * `tokenExpired`.
 */
export function readToken(token: unknown, secret: string, nowMs: number): Device {
  if (token === undefined) return fail('tokenMissing', 'The call has no header "token"');
  const [, claim = '', name = '', expiry = '', signature = ''] =
    /^(([a-z]{1,32})\.(\d{1,15}))\.([\w-]{43})$/.exec(typeof token === 'string' ? token : '') ?? [];
  const given = Buffer.from(signature, 'base64url');
  const right = signatureOf(claim, secret);
  // In constant time: how long it takes tells nothing of the right signature.
  const isRight = given.length === right.length && timingSafeEqual(given, right);
  if (!isRight) fail('tokenForged', 'The token was not issued here');
  const expiresAtMs = Number(expiry);
  if (expiresAtMs <= nowMs) fail('tokenExpired', `The token of ${name} has expired`);
  return { name, expiresAtMs };
}

function signatureOf(claim: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(claim).digest();
}

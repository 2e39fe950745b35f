/** Authentication: middleware that lets nobody in without a token, and says who is in. */
import type { Middleware } from 'rpcudp';
import { readToken } from './token.js';
import type { Device } from './token.js';

/** @param nowMs the time of day, by which tokens expire */
export function authentication(
  secret: string,
  nowMs: () => number,
): Middleware<{ readonly device: Device }> {
  return ({ headers }, next) => next({ device: readToken(headers['token'], secret, nowMs()) });
}

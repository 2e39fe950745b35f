/**
 * Return path tokens: who repeats the token for an address receives what is sent to that address.
 * They are computed, so that nothing is kept for strangers (as the tokens of RFC 9000, section
 * 8.1.4, and the cookies of RFC 7873).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Random } from '../random.js';
import type { Clock } from '../time/clock.js';
import { TOKEN_BYTES } from '../wire/header-map.js';

const SECRET_BYTES = 32;

/** A secret is used for so long, and its tokens are accepted for as long again (as in BEP 5). */
const SECRET_LIFETIME_MS = 300_000;

export class ReturnPathTokens {
  readonly #random: Random;
  readonly #clock: Clock;
  /** The secret in use, and the one before. Made for the first token. */
  #secret: Uint8Array | undefined;
  #secretBefore: Uint8Array | undefined;
  #madeAtMs = -Infinity;

  constructor(random: Random, clock: Clock) {
    this.#random = random;
    this.#clock = clock;
  }

  /** The token that proves that its sender receives what is sent to this address. */
  tokenOf(address: string): Uint8Array {
    this.#renew();
    this.#secret ??= this.#makeSecret();
    return tokenWith(this.#secret, address);
  }

  accepts(token: Uint8Array, address: string): boolean {
    if (token.length !== TOKEN_BYTES) return false;
    this.#renew();
    return [this.#secret, this.#secretBefore].some(
      (secret) => secret !== undefined && timingSafeEqual(tokenWith(secret, address), token),
    );
  }

  #renew(): void {
    const ageMs = this.#clock.nowMs() - this.#madeAtMs;
    if (ageMs < SECRET_LIFETIME_MS) return;
    this.#secretBefore = ageMs < 2 * SECRET_LIFETIME_MS ? this.#secret : undefined;
    this.#secret = undefined;
  }

  #makeSecret(): Uint8Array {
    const secret = new Uint8Array(SECRET_BYTES);
    this.#random.fillBytes(secret);
    this.#madeAtMs = this.#clock.nowMs();
    return secret;
  }
}

function tokenWith(secret: Uint8Array, address: string): Uint8Array {
  return createHmac('sha256', secret).update(address).digest().subarray(0, TOKEN_BYTES);
}

/** Decode: asks the server to explain the bytes of a frame. */
import type { Field } from '../store/datagram-hex.js';

/** The most explanations that are kept, for the same frame again, and for when the server is gone. */
const MAX_KEPT = 64;

const kept = new Map<string, readonly Field[]>();

/** The fields of a frame; or, in words, why they are not available. */
export async function decode(base64: string): Promise<readonly Field[] | string> {
  const known = kept.get(base64);
  if (known !== undefined) return known;
  try {
    const address = new URL('decode', location.href);
    address.searchParams.set('base64', base64);
    const response = await fetch(address);
    if (!response.ok) return `The server could not explain it (HTTP status ${response.status}).`;
    const { parts } = (await response.json()) as { readonly parts: readonly Field[] };
    keep(base64, parts);
    return parts;
  } catch {
    return 'The server that explains bytes cannot be reached.';
  }
}

function keep(base64: string, fields: readonly Field[]): void {
  kept.set(base64, fields);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
}

/** The bytes of base64 text; none if it is not base64. */
export function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

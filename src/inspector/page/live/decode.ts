/** Decode: asks the server to explain the bytes of a frame, and writes them in hexadecimal. */

/** A run of bytes and its meaning. */
export interface DecodedPart {
  readonly offset: number;
  readonly bytes: string;
  readonly label: string;
  readonly detail: string;
  readonly depth: number;
}

/** The parts of a frame; or, in words, why they are not available. */
export async function decode(base64: string): Promise<readonly DecodedPart[] | string> {
  try {
    const address = new URL('decode', location.href);
    address.searchParams.set('base64', base64);
    const response = await fetch(address);
    if (!response.ok) return `The server could not explain it (HTTP status ${response.status}).`;
    const { parts } = (await response.json()) as { readonly parts: readonly DecodedPart[] };
    return parts;
  } catch {
    return 'The server that explains bytes cannot be reached.';
  }
}

const BYTES_A_LINE = 16;
const MAX_SHOWN_BYTES = 2_048;

/** Bytes in lines of 16, each after its offset, and followed by its printable characters. */
export function hexOf(base64: string): string {
  const text = bytesOf(base64);
  const lines: string[] = [];
  const length = Math.min(text.length, MAX_SHOWN_BYTES);
  for (let offset = 0; offset < length; offset += BYTES_A_LINE) {
    const bytes = Array.from(text.slice(offset, Math.min(length, offset + BYTES_A_LINE)));
    const digits = bytes.map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'));
    const letters = bytes.map((byte) => (byte >= ' ' && byte <= '~' ? byte : '·')).join('');
    const halves = `${digits.slice(0, 8).join(' ')}  ${digits.slice(8).join(' ')}`;
    lines.push(`${offset.toString(16).padStart(4, '0')}  ${halves.padEnd(50)} ${letters}`);
  }
  if (text.length > length) lines.push(`… ${text.length - length} more bytes`);
  return lines.join('\n');
}

function bytesOf(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return '';
  }
}

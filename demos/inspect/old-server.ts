/**
 * Old server: answers as Python's rpcudp 5.x does. It knows requests alone, and its answers have no
 * header map, so that no rpcudp endpoint takes it for one.
 */
import { decodeMulti, encode } from '@msgpack/msgpack';
import type { Transport } from 'rpcudp';

const REQUEST = 0x00;
const RESPONSE = 0x01;
const ID_BYTES = 20;

/** Opens a server at `transport`. It answers each request with what `answer` gives for it. */
export async function openOldServer(
  transport: Transport,
  answer: (procedure: string, args: readonly unknown[]) => Promise<unknown>,
): Promise<{ readonly host: string; readonly port: number }> {
  return await transport.open({
    datagramReceived: (datagram, host, port) => {
      const request = datagram[0] === REQUEST ? bodyOf(datagram) : undefined;
      if (request === undefined) return;
      const id = datagram.subarray(1, 1 + ID_BYTES);
      void answer(...request).then((value) => {
        const response = Buffer.concat([Buffer.of(RESPONSE), id, encode(value)]);
        transport.send(response, host, port, () => undefined);
      });
    },
    transportFailed: () => undefined,
  });
}

/** The procedure and its arguments. What follows them is not looked at. */
function bodyOf(datagram: Buffer): [procedure: string, args: unknown[]] | undefined {
  try {
    const [body] = decodeMulti(datagram.subarray(1 + ID_BYTES));
    const [procedure, args] = body as [unknown, unknown];
    return typeof procedure === 'string' && Array.isArray(args) ? [procedure, args] : undefined;
  } catch {
    return undefined;
  }
}

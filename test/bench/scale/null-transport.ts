/**
 * Null transport: a transport without a network, so that only the CPU time of the library is
 * measured. Sends are accepted at once. Answers arrive in the next turn of the event loop, all
 * together.
 */
import type { Receiver, SocketAddress, Transport } from 'rpcudp';

const HEADER_BYTES = 21;
const REQUEST = 0;
const RESPONSE = 1;
/** msgpack: the result 'Snake Plissken', and the header map { 0: 1 } of an rpcudp endpoint. */
const ANSWER = Buffer.concat([Buffer.of(0xae), Buffer.from('Snake Plissken'), headerMap()]);
/**
 * msgpack: ['echo', ['Snake Plissken']], and a header map that also has the caller's deadline, 60
 * s.
 */
const ASKING = Buffer.concat([
  Buffer.of(0x92, 0xa4),
  Buffer.from('echo'),
  Buffer.of(0x91, 0xae),
  Buffer.from('Snake Plissken'),
  headerMap(1, 1, 2, 0xce, 0, 0, 0xea, 0x60),
]);

/** Nobody answers at this host (RFC 5737: no host has this address). */
export const SILENT_HOST = '192.0.2.1';

function headerMap(...entries: readonly number[]): Buffer {
  const size = 1 + (entries.length > 0 ? 2 : 0);
  return Buffer.of(0x80 | size, 0, 1, ...entries);
}

export class NullTransport implements Transport {
  readonly family = 4;
  #receiver: Receiver | undefined;
  /** Bounded by what is sent within one turn of the event loop. */
  #sent: ((error: Error | null) => void)[] = [];
  #answers: { readonly datagram: Buffer; readonly host: string; readonly port: number }[] = [];
  #requests = 0;

  open(receiver: Receiver): Promise<SocketAddress> {
    this.#receiver = receiver;
    return Promise.resolve({ host: '127.0.0.1', port: 1 });
  }

  send(
    datagram: Uint8Array,
    host: string,
    port: number,
    done: (error: Error | null) => void,
  ): void {
    if (this.#sent.length === 0) setImmediate(this.#turn);
    this.#sent.push(done);
    if (datagram[0] !== REQUEST || host === SILENT_HOST) return;
    const answer = Buffer.allocUnsafeSlow(HEADER_BYTES + ANSWER.length);
    answer.set(datagram.subarray(0, HEADER_BYTES));
    answer[0] = RESPONSE;
    answer.set(ANSWER, HEADER_BYTES);
    this.#answers.push({ datagram: answer, host, port });
  }

  readonly #turn = (): void => {
    const sent = this.#sent;
    const answers = this.#answers;
    this.#sent = [];
    this.#answers = [];
    for (const done of sent) done(null);
    for (const { datagram, host, port } of answers) this.#deliver(datagram, host, port);
  };

  /** Delivers a request with a new id. */
  request(host: string, port: number): void {
    const datagram = Buffer.allocUnsafeSlow(HEADER_BYTES + ASKING.length);
    datagram.fill(0, 0, HEADER_BYTES);
    // Begins with the part that differs most, because hash tables may use only that.
    datagram.writeUInt32LE(Math.imul(this.#requests, 0x9e3779b1) >>> 0, 1);
    datagram.writeUInt32LE(this.#requests, 5);
    this.#requests += 1;
    datagram.set(ASKING, HEADER_BYTES);
    this.#deliver(datagram, host, port);
  }

  #deliver(datagram: Buffer, host: string, port: number): void {
    this.#receiver?.datagramReceived(datagram, host, port);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Refusal: asks from connected sockets, which hear ICMP. Such a socket also has a fresh local port,
 * so an answer to it tells that another port than the first one works.
 */
import type { SocketAddress } from '../address/address.js';
import type { Random } from '../random.js';
import type { HearError } from '../transport/connected-udp.js';
import type { Transport } from '../transport/transport.js';
import { encodeSignal } from '../wire/signal.js';
import type { ControlEvidence, RefusalEvidence } from './evidence.js';
import { codeOf, type Prober, type Question } from './prober.js';

/** ICMP's "port unreachable": nobody listens there. */
export const NOBODY_LISTENS = 'ECONNREFUSED';

/** 2 s in all. Few probes, because kernels limit how often they send ICMP to one host. */
const PAUSES_MS = [200, 600, 1_200];
const CONTROL_PAUSES_MS = [400, 800];
/** The most errors that are kept of one socket. */
const MAX_ERRORS = 8;

const CONTROL_PORTS = 3;
/** Where few programs listen: below the ports that Linux gives to clients (32768). */
const FIRST_CONTROL_PORT = 20_000;
const LAST_CONTROL_PORT = 32_000;

/** Makes a prober with a socket that is connected to an address; see `connectedUdp`. */
export type ConnectedProber = (to: SocketAddress, hearError: HearError) => Prober;

/** The transport of such a prober. */
export type ConnectedTransport = (to: SocketAddress, hearError: HearError) => Transport;

/** Asks until there is an answer or an error, or time is over. */
export async function examineRefusal(
  connected: ConnectedProber,
  to: SocketAddress,
  pausesMs: readonly number[] = PAUSES_MS,
): Promise<RefusalEvidence> {
  const errors: string[] = [];
  const prober = connected(to, (error) => {
    if (errors.length < MAX_ERRORS) errors.push(codeOf(error));
    prober.notice();
  });
  const asked: Question[] = [];
  const answered = (): boolean => asked.some(({ answer }) => answer !== undefined);
  const refused = (): readonly string[] => asked.flatMap(({ refused: code }) => code ?? []);
  let localHost = '';
  try {
    await prober.open();
    localHost = prober.local.host;
    for (const pauseMs of pausesMs) {
      asked.push(prober.ask(encodeSignal('probe', prober.nextId()), to));
      const isDone = () => answered() || errors.length + refused().length > 0;
      if (await prober.until(isDone, pauseMs)) break;
    }
  } catch (error) {
    // The kernel refused to connect: it knows no way there.
    if (asked.length > 0 || !(error instanceof Error) || !('syscall' in error)) throw error;
    if (errors.length === 0) errors.push(codeOf(error));
  } finally {
    await prober.close();
  }
  return {
    sent: asked.length,
    answered: answered(),
    errors: [...new Set([...errors, ...refused()])],
    localHost,
  };
}

/** Asks ports of the same host that are surely closed, to learn whether it reports that. */
export async function examineControl(
  connected: ConnectedProber,
  { host, port }: SocketAddress,
  random: Random,
): Promise<ControlEvidence> {
  const ports = new Set<number>();
  while (ports.size < CONTROL_PORTS) {
    const span = LAST_CONTROL_PORT - FIRST_CONTROL_PORT;
    const one = FIRST_CONTROL_PORT + Math.floor(random.unit() * span);
    if (one !== port) ports.add(one);
  }
  const seen = await Promise.all(
    [...ports].map((one) => examineRefusal(connected, { host, port: one }, CONTROL_PAUSES_MS)),
  );
  return {
    ports: [...ports],
    refused: seen.filter(({ errors }) => errors.includes(NOBODY_LISTENS)).length,
  };
}

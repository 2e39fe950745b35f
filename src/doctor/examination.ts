/**
 * Examination: collects the evidence about an address, one examination after the other. What they
 * use of the machine are parameters, so that it can be tried on a simulated network and clock.
 */
import {
  formatAddress,
  type ParsedAddress,
  parseAddress,
  type SocketAddress,
} from '../address/address.js';
import { lookedUpHosts } from '../address/looked-up.js';
import { type Lookup, LOOKUP_PATIENCE_MS } from '../address/lookup.js';
import { reachable, type Vantage } from '../address/reachable.js';
import type { Random } from '../random.js';
import type { Clock } from '../time/clock.js';
import type { ReadFile } from '../transport/system-file.js';
import type { Transport } from '../transport/transport.js';
import { type Asked, call, describeServer, requireSendable, STUN } from './calling.js';
import { examineConntrack } from './conntrack.js';
import { isDisturbed } from './diagnosis.js';
import type { DescriptionEvidence, Evidence, NameEvidence, PresenceEvidence } from './evidence.js';
import { examineLoss } from './loss.js';
import { LoopWatch } from './loop-watch.js';
import { examineMapping, examinePorts } from './mapping.js';
import { examinePresence } from './presence.js';
import { codeOf, Prober } from './prober.js';
import { type ConnectedTransport, examineControl, examineRefusal } from './refusal.js';
import { rounded } from './rounded.js';
import { examineSizes } from './sizes.js';
import { likelyShare } from './statistics.js';

/** The most addresses of a name that are examined. */
const MAX_ADDRESSES = 8;
/** Where no answer was measured. */
const DEFAULT_RTT_MS = 250;

/** What the doctor uses of its machine. */
export interface DoctorParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly lookup: Lookup;
  readonly readFile: ReadFile;
  /** A transport at this local port, 0 for any, which hears from anywhere. */
  readonly transport: (port: number) => Transport;
  readonly connectedTransport: ConnectedTransport;
}

export interface ExaminationOptions {
  /** The local port to ask from first. Default: any free one. */
  readonly from?: number | undefined;
  /** A harmless procedure that an old server has, run up to three times. Default: `stun()`. */
  readonly call?: Asked | undefined;
  /** Ends the examination. */
  readonly signal: AbortSignal;
  /** Told what is examined now. */
  readonly onStep?: ((step: string) => void) | undefined;
}

/**
 * Examines `host:port`. Takes some seconds, or up to two minutes where much is lost; twice that
 * if this process was disturbed the first time. Rejects with the reason of the signal.
 *
 * @throws AddressError when it is no address, or one that cannot be asked; BindError when the local
 * port is in use; UnencodableError, RequestTooLargeError for a call that cannot be made.
 */
export async function examine(
  target: string,
  options: ExaminationOptions,
  parts: DoctorParts,
): Promise<Evidence> {
  const address = parseAddress(target);
  if (options.call !== undefined) requireSendable(options.call);
  const first = await new Examination(options, parts).run(target, address);
  if (!isDisturbed(first.process)) return first;
  const second = await new Examination(options, parts).run(target, address);
  return { ...second, process: { ...second.process, examinations: 2 } };
}

/** What is known of the addresses of the target. */
interface Named {
  readonly addresses: readonly SocketAddress[];
  readonly name?: NameEvidence;
}

class Examination {
  readonly #options: ExaminationOptions;
  readonly #parts: DoctorParts;
  /** Those that are open; bounded by the sockets of one examination. */
  readonly #open = new Set<Prober>();

  constructor(options: ExaminationOptions, parts: DoctorParts) {
    this.#options = options;
    this.#parts = parts;
  }

  async run(target: string, address: ParsedAddress): Promise<Evidence> {
    const watch = new LoopWatch(this.#parts.clock);
    try {
      const seen = await this.#examine(target, address);
      const { tookMs, longestStallMs, clockJumpMs } = watch.stop();
      const process = {
        tookMs: rounded(tookMs),
        longestStallMs: rounded(longestStallMs),
        clockJumpMs: rounded(clockJumpMs),
        examinations: 1,
        ignored: [...this.#open].reduce((sum, { ignored }) => sum + ignored, 0),
      };
      return { ...seen, process };
    } finally {
      watch.stop();
      await Promise.all([...this.#open].map((prober) => prober.close()));
    }
  }

  async #examine(target: string, address: ParsedAddress): Promise<Omit<Evidence, 'process'>> {
    const { from = 0 } = this.#options;
    const transport = this.#parts.transport(from);
    const main = await this.#prober(transport);
    const vantage: Vantage = {
      address: main.local,
      family: transport.family === 'dual' ? 0 : transport.family,
      zoneName: transport.zoneName?.bind(transport),
    };
    this.#step('name');
    const { addresses, name } = await this.#named(address, vantage, main);
    const named = { target, ...(name !== undefined && { name }) };
    const [to] = addresses;
    if (to === undefined) return { ...named, presence: [] };
    this.#step('presence');
    const presence = await Promise.all(addresses.map((one) => examinePresence(main, one)));
    const first = presence[0] as PresenceEvidence;
    const isThere = first.answered > 0;
    const more = await (isThere ? this.#present(main, to) : this.#silent(main, to, first));
    return { ...named, presence, ...more };
  }

  /** It answers: what is it, and how is the way to it? */
  async #present(main: Prober, to: SocketAddress): Promise<Partial<Evidence>> {
    this.#step('refusal');
    const refusal = await examineRefusal(this.#connected, to);
    this.#step('version');
    const description = await describeServer(main, to);
    const descriptions: DescriptionEvidence[] = [description];
    if (description.caller !== undefined) descriptions.push(await describeServer(main, to));
    const idleSinceMs = main.nowMs;
    const fresh = await this.#prober(this.#parts.transport(0));
    this.#step('loss');
    const loss = await examineLoss(fresh, to);
    this.#step('sizes');
    const rttMs = loss.rttMs.p95 ?? DEFAULT_RTT_MS;
    const path = { lossRate: likelyShare(loss.lost, loss.sent), rttMs };
    const sizes = await examineSizes(fresh, to, path, this.#parts.random);
    this.#step('mapping');
    const mapping = await examineMapping(main, fresh, to, idleSinceMs, descriptions);
    return { refusal, description, loss, sizes, mapping };
  }

  /** It does not answer: who says why? */
  async #silent(
    main: Prober,
    to: SocketAddress,
    { refused, elsewhere, taken }: PresenceEvidence,
  ): Promise<Partial<Evidence>> {
    const conntrack = refused.includes('EPERM')
      ? examineConntrack(this.#parts.readFile)
      : undefined;
    const seen = conntrack === undefined ? {} : { conntrack };
    if (taken === 0) return seen;
    this.#step('refusal');
    const refusal = await examineRefusal(this.#connected, to);
    if (refusal.answered) {
      this.#step('local ports');
      const fresh = await this.#prober(this.#parts.transport(0));
      const isChosen = (this.#options.from ?? 0) !== 0;
      const ports = { ...(await examinePorts(main, fresh, to)), isChosen };
      return { ...seen, refusal, ports };
    }
    if (refusal.errors.length > 0 || elsewhere.length > 0) return { ...seen, refusal };
    this.#step('old server');
    const asked = this.#options.call ?? { procedure: STUN, args: [] };
    const { evidence } = await call(main, to, asked);
    if (evidence.answer !== undefined) return { ...seen, refusal, call: evidence };
    this.#step('control');
    const control = await examineControl(this.#connected, to, this.#parts.random);
    return { ...seen, refusal, call: evidence, control };
  }

  async #named(address: ParsedAddress, vantage: Vantage, main: Prober): Promise<Named> {
    if (address.kind !== 'name') return { addresses: [reachable(address, vantage)] };
    const { host, port } = address;
    try {
      const hosts = lookedUpHosts(address, await this.#lookUp(host, vantage, main), vantage);
      const addresses = hosts.slice(0, MAX_ADDRESSES).map((one) => ({ host: one, port }));
      return { addresses, name: { addresses: addresses.map(formatAddress) } };
    } catch (error) {
      this.#options.signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      const { message } = error;
      return { addresses: [], name: { addresses: [], error: { code: codeOf(error), message } } };
    }
  }

  /** @throws the error of the look-up, or one that says that it did not end. */
  async #lookUp(host: string, { family }: Vantage, main: Prober): Promise<unknown> {
    let found: { readonly hosts: unknown } | undefined;
    let failure: { readonly error: unknown } | undefined;
    this.#parts.lookup(host, family).then(
      (hosts) => {
        found = { hosts };
        main.notice();
      },
      (error: unknown) => {
        failure = { error };
        main.notice();
      },
    );
    await main.until(() => found !== undefined || failure !== undefined, LOOKUP_PATIENCE_MS);
    if (failure !== undefined) throw failure.error;
    if (found !== undefined) return found.hosts;
    throw new Error(`The look-up did not end in ${LOOKUP_PATIENCE_MS} ms`);
  }

  async #prober(transport: Transport): Promise<Prober> {
    const prober = this.#newProber(transport);
    this.#open.add(prober);
    await prober.open();
    return prober;
  }

  readonly #connected = (to: SocketAddress, hearError: (error: Error) => void): Prober =>
    this.#newProber(this.#parts.connectedTransport(to, hearError));

  #newProber(transport: Transport): Prober {
    const { clock, random } = this.#parts;
    return new Prober({ transport, clock, random, signal: this.#options.signal });
  }

  #step(step: string): void {
    this.#options.onStep?.(step);
  }
}

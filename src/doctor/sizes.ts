/**
 * Sizes: finds by padded probes the largest datagram that passes to the server, and the largest
 * that comes back. A probe that is lost is not taken for one that is too large: each size is tried
 * so often that loss alone could not explain the silence.
 */
import type { SocketAddress } from '../address/address.js';
import type { Random } from '../random.js';
import { HEADER_BYTES, MAX_DATAGRAM_BYTES } from '../wire/frame.js';
import { PLAIN_HEADER_MAP } from '../wire/header-map.js';
import { ANSWER_AS_LONG, encodePadded, PADDED_PROBE_BYTES } from '../wire/probe.js';
import type { SizesEvidence } from './evidence.js';
import type { Prober, Question } from './prober.js';
import { probesToBeSure } from './statistics.js';

/**
 * The sizes that are tried first, which are known limits: IPv4's least (576 − 68), what this
 * package bundles, IPv6's least MTU (1280 − 48), tunnels, PPPoE and Ethernet, powers of 2, and the
 * most that UDP over IPv4 carries.
 */
const LADDER = [
  ...[508, 1_200, 1_232, 1_400, 1_452, 1_472, 2_048, 4_096, 8_192, 16_384, 32_768],
  MAX_DATAGRAM_BYTES,
] as const;

/** A probe without padding: type, id, nil and header map. It has passed before. */
const BARE_BYTES = HEADER_BYTES + 1 + PLAIN_HEADER_MAP.length;
/** Padding with a length of one byte makes the datagram one byte shorter. */
const MAX_SHORT_PADDING = 255;

/** Above this size a limit is told to 64 bytes, below exactly. */
const EXACT_UP_TO_BYTES = 2_048;
const COARSE_BYTES = 64;

/** The most probes of one size. */
const MAX_TRIES = 12;
/** Even where nothing is lost, a single probe proves nothing. */
const MIN_TRIES = 3;
const MIN_GAP_MS = 100;
const MAX_GAP_MS = 1_000;
/** How long the last probe of a size is waited for. */
const LAST_WAIT_MS = 1_500;
/** No new size is tried after this time, in each direction. */
const BUDGET_MS = 40_000;

/** What is known of the path before. */
interface Path {
  /** Which share of small probes stays unanswered. */
  readonly lossRate: number;
  /** How long nearly all answers take. */
  readonly rttMs: number;
}

type Passage = 'passes' | 'blocked' | 'unclear';

/** Whether a size passes. */
type TrySize = (bytes: number) => Promise<Passage>;

/** Takes a moment where everything passes, and at most 40 s for each direction. */
export async function examineSizes(
  prober: Prober,
  to: SocketAddress,
  path: Path,
  random: Random,
): Promise<SizesEvidence> {
  const trial = new Trial(prober, to, path, random);
  const there = await limitOf((bytes) => trial.there(bytes), MAX_DATAGRAM_BYTES, prober);
  const thereEvidence = { ...there, sent: trial.takeSent() };
  // What cannot go there cannot come back: probes are as long as their answers.
  const back = await limitOf((bytes) => trial.back(bytes), there.passedBytes, prober);
  if (trial.answersShort) return { there: thereEvidence };
  return { there: thereEvidence, back: { ...back, sent: trial.takeSent() } };
}

/** Sends padded probes of one size until one is answered, or it is sure that none will be. */
class Trial {
  readonly #prober: Prober;
  readonly #to: SocketAddress;
  readonly #lossRate: number;
  readonly #gapMs: number;
  readonly #random: Random;
  #sent = 0;
  /** Whether the server answers without padding, as older versions do. */
  answersShort = false;

  constructor(prober: Prober, to: SocketAddress, { lossRate, rttMs }: Path, random: Random) {
    this.#prober = prober;
    this.#to = to;
    this.#lossRate = lossRate;
    this.#gapMs = Math.min(Math.max(4 * rttMs, MIN_GAP_MS), MAX_GAP_MS);
    this.#random = random;
  }

  takeSent(): number {
    const sent = this.#sent;
    this.#sent = 0;
    return sent;
  }

  there(bytes: number): Promise<Passage> {
    return this.#try(bytes, 0);
  }

  back(bytes: number): Promise<Passage> {
    // The answer would be short however often it is asked for.
    return this.answersShort ? Promise.resolve('passes') : this.#try(bytes, ANSWER_AS_LONG);
  }

  async #try(bytes: number, firstByte: number): Promise<Passage> {
    const enough = Math.max(MIN_TRIES, probesToBeSure(bytes, this.#lossRate));
    const tries = Math.min(enough, MAX_TRIES);
    const asked: Question[] = [];
    const isAnswered = () => asked.some(({ answer }) => answer !== undefined);
    const isOver = () => isAnswered() || asked.some(({ refused }) => refused !== undefined);
    for (let sent = 1; sent <= tries; sent += 1) {
      const probe = encodePadded('probe', this.#prober.nextId(), this.#padding(bytes, firstByte));
      this.#sent += 1;
      asked.push(this.#prober.ask(probe, this.#to));
      const waitMs = sent === tries ? LAST_WAIT_MS + this.#gapMs : this.#gapMs;
      if (await this.#prober.until(isOver, waitMs)) break;
    }
    if (!isAnswered()) {
      // EMSGSIZE: this machine does not even send it.
      if (asked.some(({ refused }) => refused === 'EMSGSIZE')) return 'blocked';
      return tries < enough || isOver() ? 'unclear' : 'blocked';
    }
    const answer = asked.find(({ answer: one }) => one !== undefined)?.answer;
    if (firstByte === ANSWER_AS_LONG && (answer?.datagram.length ?? 0) < bytes) {
      this.answersShort = true;
    }
    return 'passes';
  }

  /** Random bytes, which no link makes shorter. */
  #padding(bytes: number, firstByte: number): Buffer {
    const long = bytes - PADDED_PROBE_BYTES;
    const length = long > MAX_SHORT_PADDING ? long : Math.min(long + 1, MAX_SHORT_PADDING);
    const padding = Buffer.alloc(Math.max(1, length));
    this.#random.fillBytes(padding);
    padding[0] = firstByte;
    return padding;
  }
}

interface Limit {
  readonly passedBytes: number;
  readonly blockedBytes?: number;
  readonly unclearBytes?: number;
}

/**
 * The largest size up to `most` that passes: `most` itself, or else found among the known limits,
 * and then between two of them, by halves.
 */
async function limitOf(trySize: TrySize, most: number, prober: Prober): Promise<Limit> {
  const search = new Search(trySize, prober);
  if (most <= BARE_BYTES || (await search.passes(most))) return { passedBytes: most };
  const steps = LADDER.filter((bytes) => bytes < most);
  let [low, high] = [-1, steps.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (await search.passes(steps[middle] as number)) low = middle;
    else high = middle;
  }
  let passedBytes: number = steps[low] ?? BARE_BYTES;
  let failedBytes: number = steps[high] ?? most;
  // What was perhaps lost has no exact limit.
  if (search.wasUnclear()) return { passedBytes, unclearBytes: failedBytes };
  const gap = (): number => (passedBytes < EXACT_UP_TO_BYTES ? 1 : COARSE_BYTES);
  // Most limits are known ones. So the first size that is tried is the next one.
  let middle = passedBytes + gap();
  while (failedBytes - passedBytes > gap() && !search.isOver) {
    if (await search.passes(middle)) passedBytes = middle;
    else failedBytes = middle;
    middle = (passedBytes + failedBytes) >> 1;
  }
  return search.wasUnclear()
    ? { passedBytes, unclearBytes: failedBytes }
    : { passedBytes, blockedBytes: failedBytes };
}

class Search {
  readonly #trySize: TrySize;
  readonly #prober: Prober;
  readonly #untilMs: number;
  #wasUnclear = false;

  constructor(trySize: TrySize, prober: Prober) {
    this.#trySize = trySize;
    this.#prober = prober;
    this.#untilMs = prober.nowMs + BUDGET_MS;
  }

  /** Whether any silence can be loss. Then the limit that was found is not one. */
  wasUnclear(): boolean {
    return this.#wasUnclear;
  }

  get isOver(): boolean {
    return this.#prober.nowMs >= this.#untilMs;
  }

  async passes(bytes: number): Promise<boolean> {
    const passage = this.isOver ? 'unclear' : await this.#trySize(bytes);
    if (passage === 'unclear') this.#wasUnclear = true;
    return passage === 'passes';
  }
}

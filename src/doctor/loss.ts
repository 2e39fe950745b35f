/** Loss: how many of many small probes are answered, and how fast. */
import type { SocketAddress } from '../address/address.js';
import { encodeSignal } from '../wire/signal.js';
import type { LossEvidence } from './evidence.js';
import type { Prober, Question } from './prober.js';
import { rounded } from './rounded.js';
import { quantile, wilsonInterval } from './statistics.js';

const PROBES = 100;
/** So far apart that they fill no queue of a slow link: 50 probes of 25 bytes a second. */
const APART_MS = 20;
/** How long the last ones are waited for. */
const STRAGGLERS_MS = 3_000;

/** Takes 2 s, and up to 3 s more if some are not answered. */
export async function examineLoss(prober: Prober, to: SocketAddress): Promise<LossEvidence> {
  const asked: Question[] = [];
  for (let sent = 0; sent < PROBES; sent += 1) {
    asked.push(prober.ask(encodeSignal('probe', prober.nextId()), to));
    await prober.pause(APART_MS);
  }
  await prober.until(() => asked.every(({ answer }) => answer !== undefined), STRAGGLERS_MS);
  const timesMs = asked.flatMap(({ answer }) => answer?.afterMs ?? []);
  const lost = asked.length - timesMs.length;
  const [p50, p95, max] = [0.5, 0.95, 1].map((share) => quantile(timesMs, share));
  return {
    sent: asked.length,
    lost,
    rate: wilsonInterval(lost, asked.length),
    rttMs: {
      ...(p50 !== undefined && { p50: rounded(p50) }),
      ...(p95 !== undefined && { p95: rounded(p95) }),
      ...(max !== undefined && { max: rounded(max) }),
    },
  };
}

/** Mapping: whether a local port keeps its way to the server, or is the only one without it. */
import type { SocketAddress } from '../address/address.js';
import { encodeSignal } from '../wire/signal.js';
import { describeServer } from './calling.js';
import type { DescriptionEvidence, MappingEvidence, PortsEvidence } from './evidence.js';
import { examinePresence } from './presence.js';
import type { Prober, Question } from './prober.js';
import { rounded } from './rounded.js';

/** How often both ports are asked in turn. */
const ROUNDS = 10;
const APART_MS = 50;
const LAST_WAIT_MS = 2_000;

/**
 * Asks from the first local port and from a fresh one in turn, so that loss or a server that comes
 * and goes meets both alike. Takes up to 3 s.
 */
export async function examinePorts(
  first: Prober,
  fresh: Prober,
  to: SocketAddress,
): Promise<Omit<PortsEvidence, 'isChosen'>> {
  const asked = { first: [] as Question[], fresh: [] as Question[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    asked.first.push(first.ask(encodeSignal('probe', first.nextId()), to));
    asked.fresh.push(fresh.ask(encodeSignal('probe', fresh.nextId()), to));
    await fresh.pause(APART_MS);
  }
  const answered = (of: readonly Question[]) => of.filter(({ answer }) => answer !== undefined);
  await first.until(() => answered(asked.first).length === ROUNDS, LAST_WAIT_MS);
  return {
    first: {
      port: first.local.port,
      ...{ asked: ROUNDS, answered: answered(asked.first).length },
    },
    fresh: { asked: ROUNDS, answered: answered(asked.fresh).length },
  };
}

/** Asks again from the first port, idle since `idleSinceMs`, and from a fresh one beside it. */
export async function examineMapping(
  idle: Prober,
  fresh: Prober,
  to: SocketAddress,
  idleSinceMs: number,
  descriptions: readonly DescriptionEvidence[],
): Promise<MappingEvidence> {
  const idleMs = idle.nowMs - idleSinceMs;
  const [again, beside] = await Promise.all([
    examinePresence(idle, to),
    examinePresence(fresh, to),
  ]);
  const isTold = descriptions.some(({ caller }) => caller !== undefined);
  const last = isTold && again.answered > 0 ? await describeServer(idle, to) : undefined;
  return {
    localPort: idle.local.port,
    idleMs: rounded(idleMs),
    answered: again.answered > 0,
    freshAnswered: beside.answered > 0,
    callers: [...descriptions, last].flatMap((one) => one?.caller ?? []),
  };
}

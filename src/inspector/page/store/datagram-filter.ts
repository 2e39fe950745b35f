/** Datagram filter: which frames are listed. */
import type { TimeRange } from './time-range.js';
import { isIn } from './time-range.js';
import type { Frame, Side, Transaction } from './transaction.js';

export interface DatagramFilter {
  readonly direction: 'both' | 'in' | 'out';
  /** If empty: all types. */
  readonly type: string;
  /**
   * A fate, a group of fates such as `malformed`, or `refused` for frames that the system did not
   * take. If empty: all.
   */
  readonly fate: string;
}

/** The filter that lists every frame. */
export const EVERY_DATAGRAM: DatagramFilter = { direction: 'both', type: '', fate: '' };

/** What the whole page is limited to. */
export interface PageScope {
  /** The page's search. */
  readonly sideTest: (side: Side) => boolean;
  /** If empty: all endpoints. */
  readonly endpoints: ReadonlySet<string>;
  readonly timeRange: TimeRange | undefined;
}

/** What became of a frame: its fate, or `refused`. Undefined for one that was sent. */
export function endingOf({ fate, datagram }: Frame): string | undefined {
  return fate ?? (datagram.refused === undefined ? undefined : 'refused');
}

/** The filter as a function that tests one frame. */
export function datagramTest(filter: DatagramFilter, scope: PageScope): (frame: Frame) => boolean {
  const { direction, type, fate } = filter;
  const { endpoints, timeRange } = scope;
  const isFound = transactionTest(scope.sideTest);
  return (frame) => {
    if (direction !== 'both' && frame.direction !== direction) return false;
    if (type !== '' && frame.type !== type) return false;
    if (fate !== '' && !isOf(endingOf(frame), fate)) return false;
    if (endpoints.size > 0 && !endpoints.has(frame.endpoint)) return false;
    return isIn(timeRange, frame.atMs) && isFound(frame);
  };
}

function isOf(ending: string | undefined, fate: string): boolean {
  return ending === fate || ending?.startsWith(`${fate}.`) === true;
}

/** A frame is found with its call. Each call is tested once for all of its frames. */
function transactionTest(sideTest: PageScope['sideTest']): (frame: Frame) => boolean {
  const tested = new WeakMap<Transaction, boolean>();
  return (frame) => {
    const { transaction } = frame;
    if (transaction === undefined || transaction.sides.length === 0) return sideTest(asSide(frame));
    const known = tested.get(transaction);
    if (known !== undefined) return known;
    const isFound = transaction.sides.some(sideTest);
    tested.set(transaction, isFound);
    return isFound;
  };
}

/** A frame of no call, as far as a search can ask for it. */
function asSide({ number, endpoint, peer, atMs, type, fate = '', transaction }: Frame): Side {
  return {
    number,
    kind: 'handler',
    record: {
      type: 'handler',
      endpoint,
      seq: 0,
      atMs,
      actor: 0,
      transactionId: transaction?.id ?? '',
      peer,
      procedure: '',
      args: [],
      attempt: 0,
    },
    endpointName: endpoint,
    transaction: transaction ?? { id: '', sides: [], frames: [], gone: false },
    steps: [],
    stepsDropped: 0,
    state: '',
    final: true,
    attempts: 0,
    elapsedMs: undefined,
    note: `${type} ${fate}`,
    lateByMs: undefined,
    endedAtMs: atMs,
    gone: false,
  };
}

/** Collections: what an operation on each collection costs, by its number of entries. */
import type * as deadlineHeap from '../../../dist/time/deadline-heap.js';
import type * as fifo from '../../../dist/inspector/fifo.js';
import type * as linkedList from '../../../dist/call/linked-list.js';
import type * as outstandingCalls from '../../../dist/call/outstanding.js';
import type * as recentIds from '../../../dist/call/recent-ids.js';
import type * as transactionIds from '../../../dist/call/transaction-ids.js';
import { inside } from '../inside.js';
import type { Measured } from './measured.js';

const { DeadlineHeap } = (await inside('time/deadline-heap.js')) as typeof deadlineHeap;
const { Fifo } = (await inside('inspector/fifo.js')) as typeof fifo;
const { LinkedList } = (await inside('call/linked-list.js')) as typeof linkedList;
const { Outstanding } = (await inside('call/outstanding.js')) as typeof outstandingCalls;
const { RecentIds } = (await inside('call/recent-ids.js')) as typeof recentIds;
const { TransactionIds } = (await inside('call/transaction-ids.js')) as typeof transactionIds;

/** A cheap random generator (xorshift32) that always gives the same numbers. */
function numbers(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const next = numbers();
const ids = new TransactionIds({
  unit: () => next() / 2 ** 32,
  fillBytes: (target) => {
    for (let at = 0; at < target.length; at += 1) target[at] = next();
  },
});

/** What the collection of outstanding calls uses of a call. */
class Entry {
  heapIndex = -1;
  list: object | undefined;
  previous: Entry | undefined;
  next: Entry | undefined;
  nextInBucket: Entry | undefined;
  idHash = 0;
  readonly done = false;
  readonly peer = { address: '10.0.0.1:9' };
  readonly transactionId = ids.next();
  readonly context = { transactionId: this.transactionId };
  /** The head of an answer: its type, and the id. */
  readonly answer = Buffer.from(`01${this.transactionId}`, 'hex');

  giveUp(): void {
    throw new Error('None lingers');
  }
}

/** A collection with its entries, and an operation on it that does not change their number. */
type Filled = (entries: readonly Entry[]) => (at: Entry) => void;

const FILLED: Readonly<Record<string, Filled>> = {
  'DeadlineHeap: set anew': (entries) => {
    const heap = new DeadlineHeap<Entry>();
    for (const entry of entries) heap.set(entry, next());
    return (entry) => {
      heap.set(entry, next());
    };
  },
  'Outstanding: find, delete, add': (entries) => {
    const calls = new Outstanding<Entry>({ maxOutstanding: Infinity, maxLingering: 0 });
    for (const entry of entries) calls.add(entry);
    return ({ answer, peer }) => {
      const call = calls.find(answer);
      if (call === undefined) throw new Error('A call was not found');
      calls.delete(call, peer.address, true);
      calls.settle('resolved', true);
      calls.add(call);
    };
  },
  'LinkedList: delete, push': (entries) => {
    const list = new LinkedList<Entry>();
    for (const entry of entries) list.push(entry);
    return (entry) => {
      list.delete(entry);
      list.push(entry);
    };
  },
  'Fifo: shift, push': (entries) => {
    const queue = new Fifo<Entry>();
    for (const entry of entries) queue.push(entry);
    return (entry) => {
      queue.shift();
      queue.push(entry);
    };
  },
  'RecentIds: add, addressOf': (entries) => {
    const recent = new RecentIds();
    for (const { transactionId, peer } of entries) recent.add(transactionId, peer.address);
    return ({ transactionId, peer }) => {
      recent.add(transactionId, peer.address);
      if (recent.addressOf(transactionId) === undefined) throw new Error('An id was not found');
    };
  },
};

/** Nanoseconds for each operation, on entries in an order that no cache can predict. */
export function collections(count: number, sample: number): Measured {
  const entries = Array.from({ length: count }, () => new Entry());
  return Object.fromEntries(
    Object.entries(FILLED).map(([name, fill]) => {
      const operate = fill(entries);
      const times = [0, 1, 2].map(() => nanosEach(sample, entries, operate));
      return [name, Math.min(...times)];
    }),
  );
}

function nanosEach(count: number, entries: readonly Entry[], operate: (at: Entry) => void): number {
  const startedMs = performance.now();
  for (let done = 0; done < count; done += 1) {
    operate(entries[next() % entries.length] as Entry);
  }
  return ((performance.now() - startedMs) * 1e6) / count;
}

import fc from 'fast-check';
import t, { type Test } from 'tap';
import { AddressHash } from '../../src/handler/address-hash.js';
import { RequestKeys } from '../../src/handler/request-keys.js';
import { RequestRecords } from '../../src/handler/request-records.js';
import type { RecordedSender, RequestRecord } from '../../src/handler/request-records.js';
import { SeededRandom } from '../../src/testing/random.js';
import { HEADER_BYTES, ID_OFFSET } from '../../src/wire/frame.js';
import { ID_BYTES } from '../../src/wire/transaction-id.js';

type Peer = RecordedSender;

const addressHash = new AddressHash(new SeededRandom(1, '/addresses'));

/** The sender with this number, at an address of its own. */
function peerAt(number: number): Peer {
  const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}:1000`;
  return { address, addressHash: addressHash.of(address) };
}

/** A port of one host. */
function portOf(number: number): Peer {
  const address = `10.0.0.9:${number + 1}`;
  return { address, addressHash: addressHash.of(address) };
}

const PEERS: readonly Peer[] = [peerAt(1), peerAt(2), peerAt(3)];

const newRecords = (seed = 1): RequestRecords =>
  new RequestRecords(new RequestKeys(new SeededRandom(seed, '/records')));

/** The start of a request, of which only the id matters. */
function datagramOf(id: Uint8Array, rest = 0): Buffer {
  return Buffer.concat([Buffer.of(rest), id, Buffer.alloc(rest % 5, rest)]);
}

/** An id of five 32-bit words, in the order in which the records read them. */
function idOf(...words: readonly number[]): Buffer {
  const id = Buffer.alloc(ID_BYTES);
  for (const [index, word] of words.entries()) id.writeUInt32LE(word >>> 0, 4 * index);
  return id;
}

/** A record of arbitrary integers, different for each serial number. */
function recordOf({ address }: Peer, serial: number): RequestRecord {
  return {
    address,
    procedure: `procedure ${serial % 7}`,
    digest: Math.imul(serial, 0x9e3779b1),
    replyPlace: -1 - serial,
    replyLength: serial,
    kind: serial % 16,
    receivedAtMs: serial + 0.25,
    endedAtMs: 1e9 + serial + 0.5,
  };
}

/** Numbers of records at which the capacity may be reached, and the numbers beside them. */
const BORDERS = [64, 128, 256, 512].flatMap((capacity) => [capacity - 1, capacity, capacity + 1]);

/** What the records must be, written as simply as possible. */
class Model {
  readonly kept: {
    readonly number: number;
    readonly id: string;
    readonly record: RequestRecord;
  }[] = [];
  pushed = 0;

  push(id: Uint8Array, record: RequestRecord): void {
    this.kept.push({ number: this.pushed, id: Buffer.from(id).toString('hex'), record });
    this.pushed += 1;
  }

  /** If there are several, the one that was pushed last. */
  find(id: Uint8Array, peer: Peer): number | undefined {
    const text = Buffer.from(id).toString('hex');
    return this.kept.findLast((one) => one.id === text && one.record.address === peer.address)
      ?.number;
  }
}

type Command = readonly ['push' | 'find', id: number, peer: number] | 'shift';

/** Ids of one byte, with one bit, and random ones. There are few, so that they repeat. */
const IDS: readonly Uint8Array[] = [
  ...[0, 1, 0xff].map((byte) => new Uint8Array(ID_BYTES).fill(byte)),
  ...Array.from({ length: 8 * ID_BYTES }, (_, bit) => {
    const id = new Uint8Array(ID_BYTES);
    id[bit >> 3] = 1 << (bit & 7);
    return id;
  }),
  ...Array.from({ length: 100 }, (_, serial) => {
    const id = new Uint8Array(ID_BYTES);
    new SeededRandom(serial, '/id').fillBytes(id);
    return id;
  }),
];
const pushOrFind = (what: 'push' | 'find'): fc.Arbitrary<Command> =>
  fc.tuple(fc.constant(what), fc.nat(IDS.length - 1), fc.nat(PEERS.length - 1));

/** Pushes the same record to both. */
function push(records: RequestRecords, model: Model, id: Uint8Array, peer: Peer): void {
  const record = recordOf(peer, model.pushed);
  records.push(datagramOf(id, model.pushed % 256), peer.addressHash, record);
  model.push(id, record);
}

/** Does one thing to both. Returns whether they show the same. */
function agree(records: RequestRecords, model: Model, command: Command): boolean {
  if (command === 'shift') {
    if (model.kept.shift() !== undefined) records.shift();
  } else {
    const [what, idIndex, peerIndex] = command;
    const [id, peer] = [IDS[idIndex]!, PEERS[peerIndex]!];
    const datagram = datagramOf(id, model.pushed % 256);
    if (records.find(datagram, peer) !== model.find(id, peer)) return false;
    if (what === 'push') push(records, model, id, peer);
  }
  const { oldest, size } = records;
  return size === model.kept.length && oldest === model.pushed - model.kept.length;
}

/** Every record, whole and by its parts, and found by its id. */
function agreeOnAll(records: RequestRecords, model: Model): boolean {
  return model.kept.every(({ number, id, record }) => {
    const bytes = Buffer.from(id, 'hex');
    const found = PEERS.every(
      (peer) => records.find(datagramOf(bytes, number % 256), peer) === model.find(bytes, peer),
    );
    const parts = [
      records.addressOf(number),
      records.replyLengthOf(number),
      records.endedAtMsOf(number),
    ];
    const { address, replyLength, endedAtMs } = record;
    const all = records.at(number);
    return (
      found &&
      [address, replyLength, endedAtMs].every((part, index) => Object.is(part, parts[index])) &&
      Object.entries(record).every(([name, part]) => Object.is(part, all[name as keyof typeof all]))
    );
  });
}

t.test('records behave as an array of them does', async (t) => {
  const weights = [
    { weight: 5, arbitrary: pushOrFind('push') },
    { weight: 2, arbitrary: pushOrFind('find') },
    { weight: 2, arbitrary: fc.constant<Command>('shift') },
  ];
  const commands = fc.array(fc.oneof(...weights), { maxLength: 400, size: 'max' });
  const property = fc.property(fc.integer(), commands, (seed, sequence) => {
    const records = newRecords(seed);
    const model = new Model();
    for (const command of sequence) if (!agree(records, model, command)) return false;
    return agreeOnAll(records, model);
  });
  t.doesNotThrow(() => {
    fc.assert(property, { numRuns: 150, interruptAfterTimeLimit: 20_000 });
  });
});

t.test('no record is lost when the capacity grows, wherever the oldest lies', async (t) => {
  for (const shifts of [0, 1, 40, 63, 64, 100]) {
    const records = newRecords();
    const model = new Model();
    const pushNext = (): void => {
      const id = idOf(model.pushed, 0, 0, 0, 0xffff_ffff - model.pushed);
      push(records, model, id, PEERS[model.pushed % 3]!);
    };
    for (let index = 0; index < shifts; index++) {
      pushNext();
      agree(records, model, 'shift');
    }
    for (let index = 0; index < 600; index++) {
      pushNext();
      if (BORDERS.includes(index + 1)) {
        t.ok(agreeOnAll(records, model), `${index + 1} after ${shifts}`);
      }
    }
    t.strictSame([records.oldest, records.size], [shifts, 600]);
    while (model.kept.length > 0) agree(records, model, 'shift');
    t.strictSame([records.oldest, records.size], [shifts + 600, 0]);
    t.equal(records.find(datagramOf(idOf(shifts + 599, 0, 0, 0, 0)), PEERS[0]!), undefined);
  }
});

t.test('an id is found by its 20 bytes, whatever is around it', async (t) => {
  const records = newRecords();
  const id = Buffer.from('000102030405060708090a0b0c0d0e0f10111213', 'hex');
  const [peer, other] = PEERS as [Peer, Peer];
  const bundle = Buffer.concat([Buffer.alloc(7, 0xff), datagramOf(id), Buffer.alloc(9, 0xff)]);
  records.push(bundle.subarray(7), peer.addressHash, recordOf(peer, 1));
  // What was pushed is copied, because the owner of the bytes may reuse them.
  bundle.fill(0);
  t.equal(records.find(datagramOf(id, 0x42), peer), 0);
  t.equal(records.find(datagramOf(id), other), undefined);
  t.equal(ID_OFFSET + ID_BYTES, HEADER_BYTES);
  for (let bit = 0; bit < 8 * ID_BYTES; bit++) {
    const near = Buffer.from(id);
    near[bit >> 3]! ^= 1 << (bit & 7);
    t.equal(records.find(datagramOf(near), peer), undefined, `bit ${bit}`);
  }
});

t.test(
  'the same id from several peers gives several records, and of one peer the last is found',
  async (t) => {
    const records = newRecords();
    const datagram = datagramOf(idOf(1, 2, 3, 4, 5));
    const [a, b, c] = PEERS as [Peer, Peer, Peer];
    for (const [serial, peer] of [a, b, a, b].entries())
      records.push(datagram, peer.addressHash, recordOf(peer, serial));
    const found = (): unknown[] => [a, b, c].map((peer) => records.find(datagram, peer));
    t.strictSame(found(), [2, 3, undefined]);
    records.shift();
    t.strictSame(found(), [2, 3, undefined]);
    records.shift();
    t.strictSame(found(), [2, 3, undefined]);
    records.shift();
    t.strictSame(found(), [undefined, 3, undefined]);
    records.shift();
    t.strictSame(found(), [undefined, undefined, undefined]);
    records.push(datagram, c.addressHash, recordOf(c, 4));
    t.strictSame(found(), [undefined, undefined, 4]);
  },
);

t.test('numbers in records are kept, whatever they are', async (t) => {
  const records = newRecords();
  const extremes = [2 ** 31 - 1, -(2 ** 31), -1, 0];
  for (const [serial, value] of extremes.entries()) {
    records.push(datagramOf(idOf(serial)), PEERS[0]!.addressHash, {
      ...recordOf(PEERS[0]!, serial),
      digest: value,
      replyPlace: value,
      replyLength: value,
      kind: value,
      receivedAtMs: 2 ** 53 - 1,
      endedAtMs: Number.MIN_VALUE,
    });
  }
  for (const [number, value] of extremes.entries()) {
    t.match(records.at(number), { digest: value, replyPlace: value, replyLength: value });
    t.match(records.at(number), { kind: value, receivedAtMs: 2 ** 53 - 1 });
    t.equal(records.endedAtMsOf(number), Number.MIN_VALUE);
    t.equal(records.replyLengthOf(number), value);
  }
});

/**
 * Counts how many times an element of any `Int32Array` is read. The records keep their words in
 * such arrays, so the count is proportional to the steps they take.
 */
class ReadCounter {
  reads = 0;

  /** Counts the reads of what `make` makes, from now on. */
  watch<Made>(make: () => Made): Made {
    const { Int32Array: original } = globalThis;
    const count = (): void => void (this.reads += 1);
    globalThis.Int32Array = new Proxy(original, {
      construct: (target, args) => counted(Reflect.construct(target, args) as Int32Array, count),
    });
    try {
      return make();
    } finally {
      globalThis.Int32Array = original;
    }
  }
}

function counted(array: Int32Array, count: () => void): Int32Array {
  const proxy: Int32Array = new Proxy(array, {
    get(target, key) {
      if (typeof key === 'string' && /^[0-9]+$/.test(key)) count();
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, target, args);
        return result === target ? proxy : result;
      };
    },
  });
  return proxy;
}

/** What a sender chooses of a request: its id, and perhaps the peer that it seems to be. */
type Adversary = (serial: number) => { readonly id: Buffer; readonly peer?: Peer };

const AT_RANDOM = 'no adversary: at random';
/** How many of the records are looked up, if there are more. */
const LOOKUPS = 2_048;

/**
 * A hash takes 12 reads, and to compare an id 5. Each other record on the way takes 3 more, or 8 if
 * it has the same hash.
 */
function expectFewReads(t: Test, count: number, name: string, adversary: Adversary): void {
  for (const seed of [1, 2, 3]) {
    const counter = new ReadCounter();
    const { mean, most } = counter.watch(() => readsToFind(counter, seed, count, adversary));
    const bound = name === AT_RANDOM ? 25 : 90;
    t.ok(mean < bound, `${name}: ${mean.toFixed(1)} reads on the average (seed ${seed})`);
    t.ok(most < 300, `${name}: ${most} at most (seed ${seed})`);
  }
}

t.test('a peer that chooses the ids cannot make them slow to find', async (t) => {
  /** The 11 bits of a serial number, distributed evenly over the five words. */
  const spread = (serial: number, bits: number, shift: number): number[] =>
    [0, 1, 2, 3, 4].map((word) => ((serial >> (bits * word)) & (2 ** bits - 1)) << shift);
  const adversaries: Readonly<Record<string, (serial: number) => Buffer>> = {
    [AT_RANDOM]: (serial) => {
      const id = Buffer.alloc(ID_BYTES);
      new SeededRandom(serial, '/id').fillBytes(id);
      return id;
    },
    'the top bits of every word': (serial) => idOf(...spread(serial, 3, 29)),
    'the top bits, the words in the other order': (serial) =>
      Buffer.from(idOf(...spread(serial, 3, 29)).reverse()),
    'the lowest bits of every word': (serial) => idOf(...spread(serial, 3, 0)),
    'the top bits of every half of a word': (serial) => idOf(...spread(serial, 3, 13)),
    'one word, its high half': (serial) => idOf(7, 7, serial << 20, 7, 7),
    'one word, its low half': (serial) => idOf(7, 7, 7, serial, 7),
    'words that sum up to nothing': (serial) =>
      idOf(serial, -serial, serial << 16, -(serial << 16), 0),
    'all words alike': (serial) => idOf(serial, serial, serial, serial, serial),
    'multiples of a golden number': (serial) => idOf(0, Math.imul(serial, 0x9e3779b9), 0, 0, 0),
  };
  for (const [name, idAt] of Object.entries(adversaries)) {
    expectFewReads(t, LOOKUPS, name, (serial) => ({ id: idAt(serial) }));
  }
});

t.test('peers that agree on their ids cannot make them slow to find', async (t) => {
  const sameId = idOf(1, 2, 3, 4, 5);
  const adversaries: Readonly<Record<string, Adversary>> = {
    'the same id from all': (serial) => ({ id: sameId, peer: peerAt(serial) }),
    'from networks far apart': (serial) => ({ id: sameId, peer: peerAt(serial * 2 ** 10) }),
    'from one host': (serial) => ({ id: sameId, peer: portOf(serial) }),
    'ids that fall as the addresses rise': (serial) => ({
      id: idOf(-serial, 0, 0, 0, 0),
      peer: peerAt(serial),
    }),
  };
  for (const [name, adversary] of Object.entries(adversaries)) {
    expectFewReads(t, 10_000, name, adversary);
  }
});

/** How many reads it takes to find a record among this many. */
function readsToFind(
  counter: ReadCounter,
  seed: number,
  count: number,
  adversary: Adversary,
): { readonly mean: number; readonly most: number } {
  const records = newRecords(seed);
  const requests = Array.from({ length: count }, (_, serial) => {
    const { id, peer = PEERS[0]! } = adversary(serial);
    return { datagram: datagramOf(id), peer };
  });
  for (const [serial, { datagram, peer }] of requests.entries()) {
    records.push(datagram, peer.addressHash, recordOf(peer, serial));
  }
  const every = Math.ceil(count / LOOKUPS);
  const sought = [...requests.entries()].filter(([serial]) => serial % every === 0);
  let [most, sum] = [0, 0];
  for (const [serial, { datagram, peer }] of sought) {
    counter.reads = 0;
    if (records.find(datagram, peer) !== serial) throw new Error(`${serial} is not found`);
    sum += counter.reads;
    most = Math.max(most, counter.reads);
  }
  return { mean: sum / sought.length, most };
}

t.test('an address has one hash, which another endpoint does not have', async (t) => {
  const [one, other] = [1, 2].map((seed) => new AddressHash(new SeededRandom(seed, '/addresses')));
  const addresses = ['10.0.0.1:1', '10.0.0.1:2', '[::1]:1', ''];
  const hashes = addresses.map((address) => one!.of(address));
  t.strictSame(
    addresses.map((address) => one!.of(address)),
    hashes,
  );
  t.equal(new Set(hashes).size, addresses.length);
  t.notSame(
    addresses.map((address) => other!.of(address)),
    hashes,
  );
});

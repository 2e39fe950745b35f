/**
 * Planted bugs: bugs that are planted into a copy of src, each by replacing one text in one file.
 * They show that the simulator finds bugs. A bug that it does not find there, it would not find in
 * src either.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultClass } from './plan.js';

export interface PlantedBug {
  /** What is then wrong with the code. */
  readonly name: string;
  /** The file in src. */
  readonly file: string;
  /** A text that is in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Faults that make the bug visible; every world has them. */
  readonly with?: readonly FaultClass[];
  /** The invariants of which at least one finds it. */
  readonly foundBy: readonly string[];
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'the health of a peer is told again with each call that times out',
    file: 'peer/actor.ts',
    find: 'if (state !== previous) this.#healthChanged(',
    replace: 'this.#healthChanged(',
    foundBy: ['I18'],
  },
  {
    name: 'a call is reported as overdue each time that it is',
    file: 'call/repetition.ts',
    find: "if (this.#wasReported || call.state !== 'awaiting') return;",
    replace: "if (call.state !== 'awaiting') return;",
    foundBy: ['I1'],
  },
  {
    name: 'a request that is started is not reported',
    file: 'handler/settlements.ts',
    find: "if (!this.#reports.hears('request.started')) return;",
    replace: 'if (context.attempt > 1) return;',
    foundBy: ['I7'],
  },
  {
    name: 'requests are never taken for repetitions',
    file: 'handler/inbox.ts',
    find: 'const known = this.#find(frame, sender);',
    replace: 'const known = undefined as KnownRequest | undefined;',
    foundBy: ['I2'],
  },
  {
    name: 'repetitions are recognised by id alone, whatever their sender',
    file: 'handler/request-records.ts',
    find: 'let low = this.#buckets[this.#bucketOf(this.#keys.hash)] as number;',
    replace: `const id = key.slice(0, KEY_WORDS - 1);
    for (let number = this.#shifted; number < this.#pushed; number += 1) {
      const start = this.#slotOf(number) * RECORD_WORDS;
      if (id.every((word, index) => word === this.#words[start + index])) return number;
    }
    let low = this.#buckets[this.#bucketOf(this.#keys.hash)] as number;`,
    with: ['onPathAttacker', 'rebind'],
    foundBy: ['I2'],
  },
  {
    name: 'a strict endpoint forgets the oldest request when its memory is full',
    file: 'handler/inbox.ts',
    find: "if (isFull) return overloaded('maxReplies', limits.maxReplies);",
    replace: '',
    with: ['strict', 'tinyReplyMemory', 'replay'],
    foundBy: ['I2'],
  },
  {
    name: 'the result of a notification is sent back',
    file: 'handler/handler.ts',
    find: 'if (this.context.oneWay) {',
    replace: 'if (this.context.args.length < 0) {',
    with: ['notifications'],
    foundBy: ['I21'],
  },
  {
    name: 'a notification that was replaced is sent all the same',
    file: 'notification/waiting-room.ts',
    find: "before?.receive({ type: 'replaced', by: notification.transactionId });",
    replace: `if (before === undefined) return true;
    this.#waiting.set(before, before);
    before.receive({ type: 'replaced', by: notification.transactionId });`,
    with: ['notifications'],
    foundBy: ['I15', 'I21'],
  },
  {
    name: 'a notification is taken for a new one each time that it arrives',
    file: 'handler/request-memory.ts',
    find: '? (this.#notifications ??= this.#made())',
    replace: '? this.#made()',
    with: ['notifications', 'duplication'],
    foundBy: ['I2'],
  },
  {
    name: 'middleware is not shown refused requests',
    file: 'handler/inbox.ts',
    find: 'middleware?.showRefused(request, handler.context, sender.socketAddress, refusal);',
    replace: '',
    with: ['middleware'],
    foundBy: ['I20'],
  },
  {
    name: 'middleware that waited too long runs the procedure all the same',
    file: 'handler/middleware-chain.ts',
    find: 'if (request.over) return rejected(this.#reasonOfEnd(index, request));',
    replace: '',
    with: ['middleware', 'shortHandlerTimeout'],
    foundBy: ['I20'],
  },
  {
    name: 'a procedure that runs on after its deadline gives its slot up',
    file: 'handler/slots.ts',
    find: 'if (this.running + this.overrun >= maxRunningHandlers) {',
    replace: 'if (this.running >= maxRunningHandlers) {',
    foundBy: ['I8'],
  },
  {
    name: 'a network runs more procedures than its share',
    file: 'handler/share.ts',
    find: 'return origin[held] < this.#most.network ? undefined : this.refusalOfNetwork;',
    replace: 'return undefined;',
    with: ['fewHandlers', 'fewHandlersPerPeer'],
    foundBy: ['I8'],
  },
  {
    name: 'a repetition runs the procedure again for its reply',
    file: 'handler/inbox.ts',
    find: ': this.#acceptAgain(frame, sender, known, atMs);',
    replace: `: known.settled.durationMs === undefined
        ? this.#acceptAgain(frame, sender, known, atMs)
        : this.#acceptNew(frame, sender, atMs);`,
    foundBy: ['I2'],
  },
  {
    name: 'the remembered reply is not the one that was sent',
    file: 'handler/remembered-request.ts',
    find: 'owner.replies.sendAgain(reply, this);',
    replace: `const other = { code: 'handlerFailed', message: 'another' };
      owner.replies.sendAgain(encodeErrorReply(this.transactionId, other), this);`,
    foundBy: ['I2'],
  },
  {
    name: 'a reply whose bytes were released is repeated with the bytes that replaced them',
    file: 'handler/reply-memory.ts',
    find: 'reply: number < this.#firstWithReply ? undefined : this.#replyOf(record, id),',
    replace: 'reply: this.#replyOf(record, id),',
    with: ['tinyReplyBytes', 'replay', 'duplication'],
    foundBy: ['I2'],
  },
  {
    name: 'a reply that is kept in two pieces loses the second piece',
    file: 'handler/byte-ring.ts',
    find: "return first + this.#bytes.toString('latin1', 0, end - this.#bytes.length);",
    replace: 'return first;',
    with: ['tinyReplyBytes', 'replay', 'duplication'],
    // An error that lost a piece cannot even be read.
    foundBy: ['I0', 'I2'],
  },
  {
    name: 'a refusal is sent but not remembered',
    file: 'handler/inbox.ts',
    find: "refusal.code === 'overloaded' ||",
    replace: '',
    with: ['fewHandlers', 'fewHandlersPerPeer', 'duplication', 'replay', 'delay'],
    foundBy: ['I3'],
  },
  {
    name: 'answers are taken from any address',
    file: 'call/answers.ts',
    find: 'if (port === peer.port && host === peer.host) return peer;',
    replace: 'if (port > 0 && host !== "") return peer;',
    with: ['onPathAttacker'],
    foundBy: ['I3'],
  },
  {
    name: 'a name is never looked up again',
    file: 'peer/host-name.ts',
    find: 'if (!this.#peers.closed) void this.#lookUp();',
    replace: '',
    with: ['names'],
    foundBy: ['L3'],
  },
  {
    name: 'the timer of the alarms is not cleared at close',
    file: 'time/alarms.ts',
    find: 'this.#clock.clearTimeout(this.#timer);',
    replace: '',
    with: ['close'],
    foundBy: ['I12'],
  },
  {
    name: 'closing cancels the calls of procedures that run',
    file: 'peer/called-peer.ts',
    find: 'if (!call.isForRunning) call.cancel(reason);',
    replace: 'call.cancel(reason);',
    with: ['close'],
    foundBy: ['I17'],
  },
  {
    name: 'an endpoint that drains takes new requests',
    file: 'handler/inbox.ts',
    find: 'if (this.#oneEnded !== undefined) return CLOSING;',
    replace: '',
    with: ['close'],
    foundBy: ['I17'],
  },
  {
    name: 'the window is never full',
    file: 'peer/window.ts',
    find: 'return this.size >= this.#limit;',
    replace: 'return false;',
    with: ['tinyWindow'],
    foundBy: ['I8'],
  },
  {
    name: 'an aborted call is settled twice',
    file: 'call/call.ts',
    find: 'this.fulfil();',
    replace:
      "this.fulfil(); if (state === 'cancelled') this.home.outstanding.settle(state, false);",
    foundBy: ['I1'],
  },
  {
    name: 'the round trip of a repeated call is timed',
    file: 'peer/path.ts',
    find: 'if (attempt > 1 || workingHeard)',
    replace: 'if (workingHeard)',
    foundBy: ['I9'],
  },
  {
    name: 'requests are repeated to peers that would run them again',
    file: 'call/repetition.ts',
    find: 'return this.#mayRunTwice || peer.native || notUnderstood;',
    replace: 'return this.#mayRunTwice || peer.native || notUnderstood || context.attempt > 0;',
    with: ['oldPeers', 'loss'],
    foundBy: ['I9'],
  },
  {
    name: 'one round trip makes a path known',
    file: 'call/round-trip.ts',
    find: 'this.#samples >= SAMPLES_TO_TRUST',
    replace: 'this.#samples >= 1',
    with: ['manyAttempts', 'loss'],
    foundBy: ['I9'],
  },
  {
    name: 'repetitions do not back off',
    file: 'call/backoff.ts',
    find: 'Math.max(2 * gapMs, rtoMs)',
    replace: 'Math.max(gapMs, rtoMs)',
    with: ['manyAttempts', 'loss'],
    foundBy: ['I9'],
  },
  {
    name: 'peers that have answered are probed too',
    file: 'peer/outbound.ts',
    find: 'if (this.hasAnswered) return false;',
    replace: '',
    with: ['oldPeers', 'loss'],
    foundBy: ['I16'],
  },
  {
    name: 'headers are sent to peers that have not answered anything',
    file: 'peer/called-peer.ts',
    find: 'if (this.knownNative === true) outbox.put(call, nowMs);',
    replace: 'if (this.knownNative !== false) outbox.put(call, nowMs);',
    with: ['headers'],
    foundBy: ['I19'],
  },
  {
    name: 'the headers that were read last are taken for all that are as long',
    file: 'wire/headers.ts',
    find: 'return difference === 0;',
    replace: 'return difference !== -1;',
    with: ['headers'],
    foundBy: ['I19'],
  },
  {
    name: 'each call that waits sends probes of its own',
    file: 'peer/first-contact.ts',
    find: 'if (nowMs < this.overdueAtMs) return false;',
    replace: '',
    with: ['loss', 'oldPeers'],
    foundBy: ['I16'],
  },
  {
    name: 'a request is repeated after its peer forgot it, while its caller was suspended',
    file: 'call/retransmission.ts',
    find: ' && wallMs - sinceWallMs <= SAFE_FOR_MS;',
    replace: ';',
    with: ['suspend'],
    foundBy: ['I9'],
  },
  {
    name: 'the guard in front of the decoder lets everything pass',
    file: 'wire/decoder.ts',
    find: 'if (isDrop(skimmed)) return skimmed;',
    replace:
      'if (isDrop(skimmed)) { try { return { value: decodeSound(datagram, offset, datagram.length), end: datagram.length }; } catch { return DROP.undecodable; } }',
    foundBy: ['I4'],
  },
  {
    name: 'the listener on a signal is not removed',
    file: 'call/abort.ts',
    find: "signal.removeEventListener('abort', tie.listener);",
    replace: '',
    foundBy: ['I12'],
  },
  {
    name: 'a call that was sent once is reported as not run',
    file: 'call/machine.ts',
    find: "(attempt === 0 ? 'no' : 'maybe')",
    replace: "(attempt <= 1 ? 'no' : 'maybe')",
    foundBy: ['I3'],
  },
  {
    name: 'a strict endpoint replies in full to an unproven address',
    file: 'peer/amplification.ts',
    find: 'if (excess > 0 && !this.#takeFromBucket(host, excess)) return false;',
    replace: '',
    with: ['strictAmplification', 'offPathAttacker'],
    foundBy: ['I10'],
  },
  {
    name: 'an endpoint takes the clock of the system',
    file: 'endpoint/options.ts',
    find: 'limits: withDefaults<LimitOptions, typeof LIMITS>(LIMITS, options),',
    replace: `limits: withDefaults<LimitOptions, typeof LIMITS>(LIMITS, options),
    clock: systemClock,`,
    foundBy: ['I13'],
  },
  {
    name: 'randomness comes from the global generator',
    file: 'call/backoff.ts',
    find: 'random.unit()',
    replace: 'Math.random()',
    foundBy: ['I13'],
  },
  {
    name: 'a datagram is changed while the kernel may hold it',
    file: 'wire/outbound-frame.ts',
    find: 'const datagram = Buffer.allocUnsafe(this.length);',
    replace: `const shared = globalThis as { shared?: Buffer };
    const datagram = (shared.shared ??= Buffer.alloc(70_000)).subarray(0, this.length);`,
    with: ['sendFaults'],
    foundBy: ['I14'],
  },
  {
    name: 'repetitions are bundled too',
    file: 'peer/actor.ts',
    find: 'retransmit(frame: RequestFrame, owner: FrameOwner): void {',
    replace: `retransmit(frame: RequestFrame, owner: FrameOwner): void {
    if (this.takesBundles) return this.#departures.send(frame, owner);`,
    with: ['loss', 'partition'],
    foundBy: ['I15'],
  },
  {
    name: 'requests are bundled for peers that never said that they read bundles',
    file: 'peer/actor.ts',
    find: 'if (!this.native) return false;',
    replace: "if (this.health !== 'responsive') return false;",
    with: ['oldPeers'],
    foundBy: ['I15'],
  },
  {
    name: 'replies are bundled for every caller',
    file: 'peer/replies.ts',
    find: 'if (native) this.#departures.send(frame);',
    replace: 'if (native || frame.length > 0) this.#departures.send(frame);',
    with: ['oldPeers'],
    foundBy: ['I15'],
  },
  {
    name: 'a bundle gets one frame more than it may have',
    file: 'peer/departures.ts',
    find: 'return this.bytes + bytes <= maxBytes && this.length < maxFrames;',
    replace: 'return this.bytes <= maxBytes && this.length < maxFrames;',
    with: ['smallBundles'],
    foundBy: ['I15'],
  },
  {
    name: 'frames that wait to be sent alone are never sent',
    file: 'peer/departures.ts',
    find: 'if (singles !== undefined) this.#sendOneByOne(singles);',
    replace: '',
    with: ['noBundles'],
    foundBy: ['I5', 'L1', 'L2'],
  },
  {
    name: 'frames that wait for the end of the turn are never sent',
    file: 'time/turn.ts',
    find: 'for (const task of tasks) task.turnEnded();',
    replace: 'tasks.length = 0;',
    foundBy: ['I15', 'L1', 'L2'],
  },
  {
    name: 'a request that waited for the end of the turn is sent after its deadline',
    file: 'peer/departures.ts',
    find: 'if (nowMs < this.#firstDeadlineMs && !isDelayed) return this;',
    replace: 'if (nowMs >= 0) return this;',
    with: ['stall', 'shortTimeout'],
    foundBy: ['I1'],
  },
  {
    name: 'a waiting request is sent after its deadline',
    file: 'peer/outbox.ts',
    find: 'if (next.deadlineMs <= nowMs) {',
    replace: 'if (nowMs < 0) {',
    with: ['stall', 'shortTimeout', 'tinyWindow'],
    foundBy: ['I1'],
  },
  {
    name: 'frames that wait for the end of the turn are forgotten at close',
    file: 'endpoint/closing.ts',
    find: 'turn.end();',
    replace: '',
    with: ['noCloseGrace', 'close'],
    foundBy: ['I5'],
  },
  {
    name: 'the frames of a bundle that is sent count as one',
    file: 'socket/socket.ts',
    find: 'this.#framesAttempted += owners.length;',
    replace: 'this.#framesAttempted += 1;',
    foundBy: ['I5'],
  },
  {
    name: 'the frames of a bundle are accepted up to its fault',
    file: 'wire/bundle.ts',
    find: 'if (fault !== undefined) return fault;',
    replace: 'if (datagram.length <= HEADER_BYTES) return fault;',
    with: ['offPathAttacker', 'corruption'],
    foundBy: ['I4'],
  },
  {
    name: 'a bundle in a bundle is unpacked',
    file: 'socket/socket.ts',
    find: "if (isBundled && !mayBeBundled(type)) return 'malformed.shape';",
    replace: "if (isBundled && type === 'bundle') this.datagramReceived(datagram, host, port);",
    with: ['offPathAttacker'],
    foundBy: ['I4'],
  },
  {
    name: 'only the first frame of a bundle is read',
    file: 'wire/bundle.ts',
    find: 'for (let left = reader.readArrayHead(); left > 0; left -= 1) {',
    replace: 'for (let left = Math.min(reader.readArrayHead(), 1); left > 0; left -= 1) {',
    foundBy: ['I4'],
  },
];

/**
 * The folder of the copies; git ignores it. It is inside the project, so that its packages are
 * found.
 */
const ROOM = '.sim';
/** How many seeds a bug may need to be found. */
const MAX_SEEDS = 2_000;

export interface Found {
  /** The invariant that broke; undefined if none did. */
  readonly invariant: string | undefined;
  /** What the simulator printed. */
  readonly output: string;
}

/** What the simulator is made of. */
const PARTS = ['src', 'test/sim', 'test/bench/progress.ts', 'test/bench/whole-number.ts'];

/**
 * Plants a bug into a copy and runs the simulator there, in a separate process, until an invariant
 * breaks.
 *
 * @throws Error when the text to replace is not in its file exactly once. Then the bug needs a new
 * place.
 */
export async function findPlantedBug(bug: PlantedBug): Promise<Found> {
  const room = join(ROOM, bug.name.replaceAll(/\W+/g, '-'));
  rmSync(room, { recursive: true, force: true });
  mkdirSync(room, { recursive: true });
  try {
    for (const part of PARTS) cpSync(part, join(room, part), { recursive: true });
    plant(bug, join(room, 'src', bug.file));
    return await simulate(join(room, 'test/sim/main.ts'), bug.with ?? []);
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

function plant({ name, file, find, replace }: PlantedBug, path: string): void {
  const parts = readFileSync(path, 'utf8').split(find);
  if (parts.length !== 2) {
    const times = parts.length - 1;
    throw new Error(
      `"${name}" has no place: src/${file} has ${JSON.stringify(find)} ${times} times, not once`,
    );
  }
  writeFileSync(path, parts.join(replace));
}

async function simulate(main: string, faults: readonly FaultClass[]): Promise<Found> {
  const options = ['--scale', 'short', '--seeds', String(MAX_SEEDS), '--no-minimise'];
  if (faults.length > 0) options.push('--with', faults.join(','));
  // The coverage of the copy must not count as that of src.
  const { NODE_V8_COVERAGE: _, ...env } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  return { invariant: /^Seed \d+ breaks (\w+)/m.exec(output)?.[1], output };
}

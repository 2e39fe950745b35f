/**
 * Python's rpcudp 5.x never gets what it does not know. It gets requests and responses, each once,
 * and neither fails nor logs anything because of them.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { z } from 'zod';
import { createEndpoint, defineContract, fail } from '../../src/index.js';
import type { Call } from '../../src/index.js';
import { isDrop } from '../../src/wire/drop.js';
import { HEADER_BYTES } from '../../src/wire/frame.js';
import { typeOfByte } from '../../src/wire/frame-type.js';
import { readHeaderMap } from '../../src/wire/header-map-reader.js';
import { skimRequest } from '../../src/wire/request.js';
import { until } from '../fixtures/network/until.js';
import { PythonPeer } from './python-peer.js';
import { bodyOf, idOf } from '../fixtures/raw-peer.js';
import { python } from '../fixtures/real-parts.js';

// Python needs some time to start, and tests of silence wait until it is certain.
t.setTimeout(180_000);

/** Twice as long as the gap before the first repetition, which is 1 to 1.5 s. */
const REPEATABLE = { timeoutMs: 3_000 };
/** How many seconds Python waits for an answer: when one will come, and when none will. */
const PATIENT = '10';
const IMPATIENT = '0.5';
/** What Python logs for each of its own calls that is not answered in time. */
const NO_REPLY = /^ERROR:rpcudp\.protocol:Did not receive reply for msg id /;

/**
 * Sits between Python and one endpoint of this package. Forwards everything, and keeps what Python
 * gets.
 */
async function relayTo(t: Test, pythonPort: number, ourPort?: number) {
  const toPython: Buffer[] = [];
  const [ourSide, pythonSide] = [createSocket('udp4'), createSocket('udp4')];
  let target = ourPort;
  ourSide.on('message', (datagram, { port }) => {
    target = port;
    toPython.push(datagram);
    pythonSide.send(datagram, pythonPort, '127.0.0.1');
  });
  let answers = 0;
  pythonSide.on('message', (datagram) => {
    answers += 1;
    if (target !== undefined) ourSide.send(datagram, target, '127.0.0.1');
  });
  for (const socket of [ourSide, pythonSide]) {
    t.teardown(() => socket.close());
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  }
  return {
    toPython,
    /** Resolves when Python has answered as many requests as it was sent. */
    allAnswered: async (): Promise<void> => {
      while (answers < toPython.length) await once(pythonSide, 'message');
    },
    /** The address of Python for the endpoint. */
    pythonAt: `127.0.0.1:${ourSide.address().port}`,
    /** The address of the endpoint for Python. */
    weAreAt: ['127.0.0.1', pythonSide.address().port],
  };
}

const typesOf = (datagrams: readonly Buffer[]) => [
  ...new Set(datagrams.map((datagram) => typeOfByte(datagram[0]))),
];

const { skip = false } = python();

t.test('Python gets each request once, and nothing but requests', { skip }, async (t) => {
  const { peer, port } = await PythonPeer.listen(t, 'server.py');
  const { toPython, pythonAt, allAnswered } = await relayTo(t, port);
  const client = await createEndpoint({ host: '127.0.0.1', timeoutMs: 10_000 });
  t.teardown(() => client.close());
  const server = client.peer(pythonAt);
  const timesSent = ({ transactionId }: Call) =>
    toPython.filter((datagram) => idOf(datagram).toString('hex') === transactionId).length;

  t.equal(await server.call('echo', ['before']).value(), 'before');
  t.equal(server.native, false, 'its answer had no header map');
  const traceparent = 'x'.repeat(256);
  const text = 'x'.repeat(8_192 - 12);
  const largest = server.call('length', [text], { traceparent });
  t.equal(await largest.value(), text.length);

  const idempotent = client.peer(pythonAt, defineContract({ hold: { idempotent: true } }));
  const askedOnce = [server.call('hold', [], REPEATABLE), server.call('hold', [], REPEATABLE)];
  const often = idempotent.call('hold', [], REPEATABLE);
  for (const call of askedOnce) t.match(await call, { state: 'timedOut', attempts: 1 });
  t.match(await often, { state: 'timedOut' });
  const cancelled = server.call('hold');
  while (timesSent(cancelled) === 0) await peer.said();
  cancelled.cancel();
  const abandoned = server.call('hold');
  await client.close();
  t.match(await abandoned, { state: 'cancelled' });
  peer.tell({ release: true });
  await allAnswered();

  t.strictSame([...askedOnce, cancelled, largest].map(timesSent), [1, 1, 1, 1]);
  t.ok(timesSent(often) > 1, 'except a procedure whose contract says that it may run twice');
  t.strictSame(typesOf(toPython), ['request']);
  for (const datagram of toPython) {
    const body = skimRequest(datagram);
    t.match(!isDrop(body) && readHeaderMap(datagram, body.end), { version: 1 });
  }
  t.strictSame(await peer.stop(), []);
  t.strictSame(peer.log, [], 'Python logged nothing');
});

t.test('Python gets responses without header maps, and never an error', { skip }, async (t) => {
  const ended = new Map<string, number>();
  const forever = () => new Promise<never>(() => undefined);
  const server = await createEndpoint({
    host: '127.0.0.1',
    maxRunningPerPeer: 1,
    closeGraceMs: 0,
    onError: () => undefined,
    contract: defineContract({
      echo: { args: z.tuple([z.string()]) },
      declare: {},
      raise: {},
      slow: { timeoutMs: 50 },
      wrong: { result: z.string() },
      large: { maxBytes: 8 },
      hold: {},
    }),
    handlers: {
      echo: (_scope, text) => text,
      declare: () => fail('declared', 'an error of its own'),
      raise: () => {
        throw new Error('planted');
      },
      slow: ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve)),
      wrong: () => 5 as never,
      large: () => 'some more',
      hold: forever,
    },
  });
  t.teardown(() => server.close());
  server.on('request.settled', ({ ending }) => ended.set(ending, (ended.get(ending) ?? 0) + 1));
  /** Python may stop waiting before this side has read what it asked. */
  const settled = (count: number) =>
    until(() => [...ended.values()].reduce((sum, ofOne) => sum + ofOne, 0) === count);
  const patient = await PythonPeer.listen(t, 'client.py', PATIENT);
  const { toPython: answered, weAreAt: near } = await relayTo(t, patient.port, server.address.port);
  const heard = { procedure: 'echo', to: near, args: '["heard"]' };
  t.match(await patient.peer.ask(heard), { answered: true, got: "'heard'" });

  const { peer, port } = await PythonPeer.listen(t, 'client.py', IMPATIENT);
  const { toPython: others, weAreAt } = await relayTo(t, port, server.address.port);
  const silent = ['missing', 'declare', 'raise', 'slow', 'wrong', 'large', 'echo'];
  for (const [index, procedure] of silent.entries()) {
    const asked = { procedure, to: weAreAt, args: '[]' };
    t.match(await peer.ask(asked), { answered: false }, procedure);
    await settled(1 + index + 1);
  }
  const two = { procedure: 'hold', to: weAreAt, count: 2, window: 2 };
  t.strictSame(await peer.ask(two), { echoed: 0 }, 'one runs, and one is too many');
  await settled(1 + silent.length + 1);
  await server.close();
  t.strictSame(Object.fromEntries(ended), {
    replied: 1,
    unknownProcedure: 1,
    failed: 4,
    timedOut: 1,
    invalidArguments: 1,
    overloaded: 1,
    abandoned: 1,
  });

  const [response, ...more] = answered;
  t.equal(more.length + others.length, 0, 'only answered requests');
  t.strictSame(bodyOf(response!), 'heard');
  t.equal(response!.length, HEADER_BYTES + 1 + 'heard'.length, 'and no header map behind it');
  t.strictSame(await patient.peer.stop(), []);
  await peer.stop();
  t.equal(peer.log.length, 9);
  for (const line of peer.log) t.match(line, NO_REPLY, 'it logged nothing but its time-outs');
});

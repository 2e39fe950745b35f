/** The prober: what counts as an answer, what is kept, and how it waits. */
import t from 'tap';
import { Prober } from '../../src/doctor/prober.js';
import type { Clock } from '../../src/time/clock.js';
import { encodeSignal } from '../../src/wire/signal.js';
import { frame, idOf, withHeaderMap } from '../fixtures/raw-peer.js';
import { DOCTOR, DoctorWorld, PORT, SERVER } from '../fixtures/doctor-world.js';

const TO = { host: SERVER, port: PORT };
const present = (probe: Buffer): Buffer => withHeaderMap(frame('present', idOf(probe), null));

async function proberIn(world: DoctorWorld, signal = new AbortController().signal) {
  const transport = world.network.transport(DOCTOR);
  const prober = new Prober({ transport, clock: world.clock, random: world.random, signal });
  await prober.open();
  const ask = () => prober.ask(encodeSignal('probe', prober.nextId()), TO);
  return { prober, ask };
}

t.test('of many answers some are kept, that of the asked address always', async (t) => {
  const world = new DoctorWorld();
  await world.server((datagram, _sender, reply) => {
    for (let host = 1; host <= 250; host += 1) {
      reply(present(datagram), { host: `192.0.2.${host}`, port: 7 });
    }
    reply(present(datagram));
    reply(present(datagram));
  });
  const { prober, ask } = await proberIn(world);
  const question = ask();
  await world.clock.advance(100);
  t.equal(question.answers.length, 9);
  t.equal(question.answer?.from, `${SERVER}:${PORT}`);
  t.equal(question.elsewhere?.from, '192.0.2.1:7');
  t.equal(question.more, 250 - 8 + 1);
  t.equal(prober.ignored, 0);
});

t.test('a probe is answered by nothing but a present, and a request never by one', async (t) => {
  const world = new DoctorWorld();
  await world.server((datagram, _sender, reply) => {
    const id = idOf(datagram);
    for (const type of ['response', 'error', 'working', 'challenge', 'request'] as const) {
      reply(withHeaderMap(frame(type, id, null)));
    }
  });
  const { prober, ask } = await proberIn(world);
  const question = ask();
  await world.clock.advance(100);
  t.same(question.answers, []);
  t.equal(prober.ignored, 5);
});

t.test('what has arrived during a stall is read before it is given up', async (t) => {
  const world = new DoctorWorld();
  const transport = world.network.transport(DOCTOR);
  const waiting: Buffer[] = [];
  const clock: Clock = {
    nowMs: () => world.clock.nowMs(),
    wallMs: () => world.clock.wallMs(),
    setTimeout: (callback, delayMs) => world.clock.setTimeout(callback, delayMs),
    clearTimeout: (timer) => world.clock.clearTimeout(timer),
    // As libuv does it: some of the datagrams that wait are read in each poll.
    afterPoll: (callback) => {
      for (const datagram of waiting.splice(0, 32)) prober.datagramReceived(datagram, SERVER, PORT);
      world.clock.afterPoll(callback);
    },
  };
  const { signal } = new AbortController();
  const prober = new Prober({ transport, clock, random: world.random, signal });
  await prober.open();
  const asked = Array.from({ length: 100 }, () => {
    const probe = encodeSignal('probe', prober.nextId());
    waiting.push(present(probe.toDatagram()));
    return prober.ask(probe, TO);
  });
  const heard = prober.until(() => asked.every(({ answer }) => answer !== undefined), 500);
  t.equal(await world.clock.runUntil(heard), true);
});

t.test('it ends to wait at its time, by its signal, and when the socket fails', async (t) => {
  const world = new DoctorWorld();
  const controller = new AbortController();
  const { prober } = await proberIn(world, controller.signal);
  const startMs = world.clock.nowMs();
  t.equal(await world.clock.runUntil(prober.until(() => false, 250)), false);
  t.equal(world.clock.nowMs() - startMs, 250);
  const aborted = t.rejects(prober.pause(1_000), { message: 'enough' });
  controller.abort(new Error('enough'));
  await aborted;
  await t.rejects(prober.pause(1_000), { message: 'enough' }, 'and so does what comes later');

  const { prober: failing } = await proberIn(world);
  const failed = t.rejects(failing.pause(1_000), { message: 'gone' });
  failing.transportFailed(new Error('gone'));
  await failed;
  t.equal(world.clock.pendingTimers, 0);
});

t.test('what the kernel does not take says why', async (t) => {
  const world = new DoctorWorld();
  const { prober } = await proberIn(world);
  const to = { host: SERVER, port: 0 };
  const question = prober.ask(encodeSignal('probe', prober.nextId()), to);
  t.equal(await world.clock.runUntil(prober.until(() => question.refused !== undefined, 9)), true);
  t.equal(question.refused, 'ERR_SOCKET_BAD_PORT');
});

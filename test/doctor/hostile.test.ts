/** What strangers and hostile servers send to the doctor, and what it makes of it. */
import fc from 'fast-check';
import t from 'tap';
import { findingsOf } from '../../src/doctor/findings.js';
import { reportLines } from '../../src/cli/doctor-report.js';
import { TYPE_BYTE } from '../../src/wire/frame-type.js';
import { answerTo, frame, idOf, withHeaderMap } from '../fixtures/raw-peer.js';
import { DOCTOR, DoctorWorld, SERVER, TARGET } from '../fixtures/doctor-world.js';

const present = (probe: Buffer): Buffer => withHeaderMap(frame('present', idOf(probe), null));
const isProbe = (datagram: Buffer): boolean => datagram[0] === TYPE_BYTE.probe;

t.test(
  'a server that answers everything twice is healthy, and the copies are counted',
  async (t) => {
    const world = new DoctorWorld();
    await world.server((datagram, _sender, reply) => {
      if (!isProbe(datagram)) return;
      reply(present(datagram));
      reply(present(datagram));
    });
    const { evidence, diagnosis } = await world.examine();
    t.equal(diagnosis.name, 'healthy');
    t.match(evidence, { loss: { sent: 100, lost: 0 }, process: { ignored: 0 } });
  },
);

t.test('answers with forged ids, from anywhere, answer nothing', async (t) => {
  const world = new DoctorWorld();
  world.up.clear();
  await world.server((datagram, sender, reply) => {
    const forged = Buffer.alloc(20, 7);
    for (let host = 1; host <= 50; host += 1) {
      const from = { host: `192.0.2.${host}`, port: 7 };
      reply(withHeaderMap(frame('present', forged, null)), from);
      reply(withHeaderMap(frame('present', forged, null)), { host: SERVER, port: sender.port });
    }
    reply(withHeaderMap(frame('response', forged, 'stunned')));
    t.ok(datagram.length > 0);
  });
  const { evidence, diagnosis } = await world.examine();
  t.equal(diagnosis.name, 'cannotTell');
  t.same(evidence.presence[0]?.elsewhere, []);
  t.ok(evidence.process.ignored > 100);
});

t.test('a flood of answers with the right id from other addresses is bounded', async (t) => {
  const world = new DoctorWorld();
  await world.server((datagram, _sender, reply) => {
    if (!isProbe(datagram)) return;
    for (let host = 1; host <= 250; host += 1) {
      reply(present(datagram), { host: `192.0.2.${host}`, port: 7 });
    }
  });
  const { evidence, diagnosis } = await world.examine();
  t.equal(diagnosis.name, 'answeredElsewhere');
  t.ok((evidence.presence[0]?.elsewhere.length ?? 0) <= 8);
});

t.test('answers that cannot be read answer nothing', async (t) => {
  for (const broken of [
    (id: Buffer) => frame('present', id, null),
    (id: Buffer) => withHeaderMap(frame('present', id, 'here')),
    (id: Buffer) => withHeaderMap(frame('present', id, null)).subarray(0, 23),
    (id: Buffer) => Buffer.concat([Buffer.of(0xff), id, Buffer.of(0xc0)]),
    (id: Buffer) => Buffer.concat([Buffer.of(0x01), id, Buffer.of(0xc1)]),
    (id: Buffer) => Buffer.concat([Buffer.of(0x02), id, Buffer.of(0xc0)]),
    (id: Buffer) => Buffer.concat([Buffer.of(0x0b), id]),
    () => Buffer.alloc(0),
  ]) {
    const world = new DoctorWorld();
    await world.server((datagram, _sender, reply) => {
      reply(broken(idOf(datagram)));
    });
    const { diagnosis } = await world.examine();
    t.equal(diagnosis.name, 'swallowed', broken(Buffer.alloc(20)).toString('hex'));
  }
});

t.test('no bytes of a server make the examination throw', async () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  const type = fc.constantFrom(...Object.values(TYPE_BYTE));
  await fc.assert(
    fc.asyncProperty(type, bytes, fc.boolean(), async (typeByte, body, answersProbes) => {
      const world = new DoctorWorld();
      await world.server((datagram, _sender, reply) => {
        if (answersProbes && isProbe(datagram)) reply(present(datagram));
        else reply(Buffer.concat([Buffer.of(typeByte), idOf(datagram), body]));
      });
      const { evidence, diagnosis } = await world.examine();
      return reportLines(diagnosis, findingsOf(evidence)).length > 0;
    }),
    { numRuns: 60 },
  );
});

t.test('what a server says of itself is shown without effect on a terminal, and cut', async (t) => {
  for (const description of [
    {
      version: `\u001b[2J${'x'.repeat(10_000)}`,
      features: ['\u202eevil', 7, null, 'ok'],
      caller: 'x',
    },
    { version: { toString: null }, features: 'many', caller: `${DOCTOR}:0` },
    { features: Array.from({ length: 1_000 }, () => 'x'.repeat(5)) },
    ['version', '1'],
    null,
    'text',
  ]) {
    const world = new DoctorWorld();
    await world.server((datagram, _sender, reply) => {
      if (isProbe(datagram)) reply(present(datagram));
      else reply(withHeaderMap(answerTo(datagram, description)));
    });
    const { evidence, diagnosis } = await world.examine();
    t.equal(diagnosis.name, 'healthy');
    t.match(evidence.description, { state: 'told' });
    t.ok((evidence.description?.version ?? '').length <= 64);
    t.ok((evidence.description?.features ?? []).length <= 32);
    t.equal(evidence.description?.caller, undefined);
    const text = reportLines(diagnosis, findingsOf(evidence)).join('');
    t.notMatch(text, /[\p{Cc}\p{Cf}]/u);
  }
});

t.test('a server that challenges forever, or only works, is given up', async (t) => {
  const token = Buffer.from('8200010 4c408a1b2c3d4e5f60718'.replace(' ', ''), 'hex');
  for (const type of ['challenge', 'working'] as const) {
    const world = new DoctorWorld();
    let requests = 0;
    await world.server((datagram, _sender, reply) => {
      if (isProbe(datagram)) return;
      requests += 1;
      reply(withHeaderMap(frame(type, idOf(datagram), null), token));
    });
    const { diagnosis } = await world.examine();
    t.equal(diagnosis.name, 'swallowed');
    t.equal(requests, 3, type);
  }
});

t.test('a challenge is answered with its token', async (t) => {
  const token = Buffer.from('82000104c408a1b2c3d4e5f60718', 'hex');
  const world = new DoctorWorld();
  await world.server((datagram, _sender, reply) => {
    if (isProbe(datagram)) reply(present(datagram));
    else if (datagram.includes('a1b2c3d4e5f60718', 0, 'hex')) {
      reply(withHeaderMap(answerTo(datagram, { version: '9' })));
    } else reply(withHeaderMap(frame('challenge', idOf(datagram), null), token));
  });
  t.match((await world.examine(TARGET)).evidence.description, { state: 'told', version: '9' });
});

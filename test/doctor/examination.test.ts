/** The doctor on a simulated network: each class, by the evidence that a real network gives. */
import t from 'tap';
import type { Test } from 'tap';
import type { SocketAddress } from '../../src/address/address.js';
import { examine } from '../../src/doctor/examination.js';
import { findingsOf } from '../../src/doctor/findings.js';
import { TYPE_BYTE } from '../../src/wire/frame-type.js';
import { answerTo, bodyOf, frame, idOf, withHeaderMap } from '../fixtures/raw-peer.js';
import { DOCTOR, DoctorWorld, PORT, type Serve, SERVER, TARGET } from '../fixtures/doctor-world.js';
import { answerToProbe } from '../../src/wire/probe.js';

const NOTHING_LEFT = { sockets: 0, timers: 0 };

/** A test body in a world that must be left empty. */
function inDoctorWorld(
  body: (t: Test, world: DoctorWorld) => Promise<void>,
  conditions: ConstructorParameters<typeof DoctorWorld>[0] = {},
) {
  return async (t: Test): Promise<void> => {
    const world = new DoctorWorld(conditions);
    await body(t, world);
    t.same(await world.end(), NOTHING_LEFT);
  };
}

const present = (probe: Buffer): Buffer => withHeaderMap(frame('present', idOf(probe), null));

/** A server of this package that describes itself, and may see its callers elsewhere. */
function describing(seenAs: (sender: SocketAddress) => string): Serve {
  return (datagram, sender, reply) => {
    const id = idOf(datagram);
    if (datagram[0] === TYPE_BYTE.probe) {
      reply(answerToProbe(id.toString('hex'), datagram).toDatagram());
    } else if (datagram[0] === TYPE_BYTE.request) {
      const description = { version: '1.2.3', features: ['bundles'], caller: seenAs(sender) };
      reply(withHeaderMap(answerTo(datagram, description)));
    }
  };
}

const asIs = ({ host, port }: SocketAddress): string => `${host}:${port}`;

t.test(
  'an endpoint of this package is healthy, and everything passes',
  inDoctorWorld(async (t, world) => {
    await world.endpoint();
    const { evidence, diagnosis } = await world.examine();
    t.match(diagnosis, { name: 'healthy', exitCode: 0, also: [] });
    t.match(evidence, {
      presence: [{ address: TARGET, answered: 1, elsewhere: [], refused: [] }],
      refusal: { answered: true, errors: [], localHost: DOCTOR },
      loss: { sent: 100, lost: 0, rttMs: { p50: 2, p95: 2, max: 2 } },
      sizes: { there: { passedBytes: 65_507 }, back: { passedBytes: 65_507 } },
      mapping: { answered: true, freshAnswered: true },
      process: { clockJumpMs: 0, examinations: 1, ignored: 0 },
    });
    t.same(
      findingsOf(evidence).filter(({ sign }) => sign === 'bad'),
      [],
    );
  }),
);

t.test(
  'version, features and the address that it sees are told',
  inDoctorWorld(async (t, world) => {
    await world.server(describing(asIs));
    const { evidence, diagnosis } = await world.examine();
    t.equal(diagnosis.name, 'healthy');
    t.match(evidence.description, { state: 'told', version: '1.2.3', features: ['bundles'] });
    t.equal(evidence.mapping?.callers.length, 3);
    t.match(
      findingsOf(evidence).find(({ examination }) => examination === 'NAT'),
      { sign: 'fine', text: /^none/ },
    );
  }),
);

t.test(
  'a NAT is seen, and is no trouble as long as it keeps the mapping',
  inDoctorWorld(async (t, world) => {
    await world.server(describing(({ port }) => `192.0.2.1:${port}`));
    const { evidence, diagnosis } = await world.examine();
    t.equal(diagnosis.name, 'healthy');
    t.match(
      findingsOf(evidence).find(({ examination }) => examination === 'NAT'),
      { sign: 'seen', text: /^the server sees 192\.0\.2\.1:\d+, and here it is 10\.0\.0\.1:/ },
    );
  }),
);

t.test(
  'a NAT that changes the mapping is trouble',
  inDoctorWorld(async (t, world) => {
    let port = 5_000;
    await world.server(describing(() => `192.0.2.1:${port++}`));
    t.match((await world.examine()).diagnosis, { name: 'natTrouble', because: /5000.*and.*5002/ });
  }),
);

t.test(
  'a mapping that is forgotten while a fresh port works is trouble',
  inDoctorWorld(async (t, world) => {
    let first: number | undefined;
    await world.server((datagram, { port }, reply) => {
      first ??= port;
      const isForgotten = port === first && world.clock.nowMs() > 1_000;
      if (!isForgotten && datagram[0] === TYPE_BYTE.probe) reply(present(datagram));
    });
    t.match((await world.examine()).diagnosis, { name: 'natTrouble', because: /without traffic/ });
  }),
);

t.test(
  'nobody listens: ICMP says so',
  inDoctorWorld(async (t, world) => {
    const { evidence, diagnosis } = await world.examine();
    t.match(diagnosis, { name: 'nobodyListens', exitCode: 10 });
    t.match(evidence.refusal, { answered: false, errors: ['ECONNREFUSED'] });
  }),
);

t.test(
  'a port that swallows everything, of a host that reports its closed ports',
  inDoctorWorld(async (t, world) => {
    await world.server(() => undefined);
    const { evidence, diagnosis } = await world.examine();
    t.equal(diagnosis.name, 'swallowed');
    t.match(evidence, { control: { refused: 3 }, call: { procedure: 'stun', sent: 3 } });
  }),
);

t.test(
  'a host that says nothing at all: cannot tell',
  inDoctorWorld(async (t, world) => {
    world.up.clear();
    const { evidence, diagnosis } = await world.examine();
    t.match(diagnosis, { name: 'cannotTell', also: [], because: /swallows everything/ });
    t.match(evidence.control, { refused: 0 });
  }),
);

for (const [procedure, call] of [
  ['stun', undefined],
  ['greet', { procedure: 'greet', args: ['you'] }],
] as const) {
  t.test(
    `a server of rpcudp 5.x that has ${procedure}`,
    inDoctorWorld(async (t, world) => {
      await world.server((datagram, sender, reply) => {
        if (datagram[0] !== TYPE_BYTE.request) return;
        const [name] = bodyOf(datagram) as [string];
        if (name === procedure) reply(answerTo(datagram, [sender.host, sender.port]));
      });
      const { evidence, diagnosis } = await world.examine(TARGET, { call });
      t.match(diagnosis, { name: 'oldServer', exitCode: 12 });
      t.match(evidence.call, { procedure, answer: { type: 'response', native: false } });
      const caller = call === undefined ? `${DOCTOR}:49152` : undefined;
      t.equal(evidence.call?.caller, caller, 'which stun alone tells');
    }),
  );
}

for (const kind of ['probe', 'request'] as const) {
  t.test(
    `answers to each ${kind} from another address`,
    inDoctorWorld(async (t, world) => {
      const elsewhere = { host: '10.0.0.9', port: PORT };
      await world.server((datagram, _sender, reply) => {
        if (datagram[0] !== TYPE_BYTE[kind]) return;
        reply(kind === 'probe' ? present(datagram) : answerTo(datagram, 'stunned'), elsewhere);
      });
      const { diagnosis } = await world.examine();
      t.match(diagnosis, { name: 'answeredElsewhere', because: /10\.0\.0\.9:1000 answered/ });
    }),
  );
}

t.test('loss is found, and not taken for anything else', async (t) => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
    const world = new DoctorWorld({ seed, lossRate: 0.15 });
    await world.endpoint();
    const { evidence, diagnosis } = await world.examine();
    t.match(diagnosis, { name: 'lossy', also: [] }, `seed ${seed}: ${diagnosis.because}`);
    const { low = 1, high = 0 } = evidence.loss?.rate ?? {};
    t.ok(low < 0.2775 + 0.1 && high > 0.2775 - 0.1, `${low} to ${high}`);
    t.same(await world.end(), NOTHING_LEFT);
  }
});

t.test('where much is lost, silence about large sizes is not taken for a limit', async (t) => {
  const world = new DoctorWorld({ lossRate: 0.2 });
  await world.endpoint();
  world.network.setLink(DOCTOR, SERVER, { maxDatagramBytes: 5_000 });
  const { evidence, diagnosis } = await world.examine();
  t.match(diagnosis, { name: 'lossy', also: [] });
  const { passedBytes = 0, unclearBytes, blockedBytes } = evidence.sizes?.there ?? {};
  t.ok(passedBytes >= 1_472 && passedBytes <= 5_000, `${passedBytes}`);
  t.ok(unclearBytes !== undefined && blockedBytes === undefined);
});

t.test('a path that loses nothing is never lossy', async (t) => {
  const world = new DoctorWorld({ delayMs: { min: 20, max: 400 } });
  await world.endpoint();
  t.equal((await world.examine()).diagnosis.name, 'healthy');
});

for (const limit of [300, 1_200, 1_472, 1_999]) {
  t.test(
    `to the server at most ${limit} bytes pass`,
    inDoctorWorld(async (t, world) => {
      await world.endpoint();
      world.network.setLink(DOCTOR, SERVER, { maxDatagramBytes: limit });
      const { evidence, diagnosis } = await world.examine();
      t.equal(diagnosis.name, 'sizeLimited');
      t.match(evidence.sizes, {
        there: { passedBytes: limit, blockedBytes: limit + 1 },
        back: { passedBytes: limit, blockedBytes: undefined },
      });
    }),
  );
  t.test(
    `from the server at most ${limit} bytes pass`,
    inDoctorWorld(async (t, world) => {
      await world.endpoint();
      world.network.setLink(SERVER, DOCTOR, { maxDatagramBytes: limit });
      const { evidence, diagnosis } = await world.examine();
      t.equal(diagnosis.name, 'sizeLimited');
      t.match(evidence.sizes, {
        there: { passedBytes: 65_507, blockedBytes: undefined },
        back: { passedBytes: limit, blockedBytes: limit + 1 },
      });
    }),
  );
}

t.test(
  'a limit of large sizes is told to 64 bytes',
  inDoctorWorld(async (t, world) => {
    await world.endpoint();
    world.network.setLink(DOCTOR, SERVER, { maxDatagramBytes: 20_000 });
    const { passedBytes = 0, blockedBytes = 0 } =
      (await world.examine()).evidence.sizes?.there ?? {};
    t.ok(passedBytes <= 20_000 && blockedBytes > 20_000);
    t.ok(blockedBytes - passedBytes <= 64);
  }),
);

t.test(
  'what comes back cannot be told of a server that does not pad its answers',
  inDoctorWorld(async (t, world) => {
    await world.server((datagram, _sender, reply) => {
      if (datagram[0] === TYPE_BYTE.probe) reply(present(datagram));
    });
    const { evidence, diagnosis } = await world.examine();
    t.equal(diagnosis.name, 'healthy');
    t.match(evidence.sizes, { there: { passedBytes: 65_507 }, back: undefined });
    t.match(
      findingsOf(evidence).find(({ examination }) => examination === 'sizes back'),
      { sign: 'unclear' },
    );
  }),
);

t.test(
  'a chosen local port that alone is not answered',
  inDoctorWorld(async (t, world) => {
    await world.server((datagram, { port }, reply) => {
      if (port !== 5_678 && datagram[0] === TYPE_BYTE.probe) reply(present(datagram));
    });
    const { diagnosis } = await world.examine(TARGET, { from: 5_678 });
    t.match(diagnosis, { name: 'conntrack', because: /port 5678 .* 0 of 10 .* 10 of 10/ });
  }),
);

t.test(
  'a port that nobody chose has no entry from before: cannot tell',
  inDoctorWorld(async (t, world) => {
    let first: number | undefined;
    await world.server((datagram, { port }, reply) => {
      first ??= port;
      if (port !== first && datagram[0] === TYPE_BYTE.probe) reply(present(datagram));
    });
    t.match((await world.examine()).diagnosis, { name: 'cannotTell', because: /another/ });
  }),
);

t.test(
  'a name of which one address answers, and one does not',
  inDoctorWorld(async (t, world) => {
    world.lookup = async () => ['10.0.0.3', SERVER];
    world.up.add('10.0.0.3');
    await world.endpoint();
    const { evidence, diagnosis } = await world.examine('server.example:1000');
    t.match(diagnosis, {
      name: 'severalAddresses',
      because: /10\.0\.0\.2:1000 answered, and 10\.0\.0\.3:1000 did not/,
      also: [{ name: 'nobodyListens' }],
    });
    t.same(evidence.name, { addresses: ['10.0.0.3:1000', TARGET] });
  }),
);

t.test(
  'a name whose addresses all answer is healthy',
  inDoctorWorld(async (t, world) => {
    world.lookup = async () => ['10.0.0.3', SERVER];
    await world.endpoint();
    await world.endpoint({}, '10.0.0.3');
    const { evidence, diagnosis } = await world.examine('server.example:1000');
    t.equal(diagnosis.name, 'healthy');
    t.match(findingsOf(evidence)[0], { examination: 'name', sign: 'seen' });
  }),
);

t.test(
  'a name of many addresses: eight are examined',
  inDoctorWorld(async (t, world) => {
    world.lookup = async () => Array.from({ length: 16 }, (_, index) => `10.0.1.${index + 1}`);
    const { evidence } = await world.examine('server.example:1000');
    t.equal(evidence.presence.length, 8);
  }),
);

t.test(
  'a name that means nothing',
  inDoctorWorld(async (t, world) => {
    const { evidence, diagnosis } = await world.examine('nobody.example:1000');
    t.match(diagnosis, { name: 'nameUnknown', because: /There are no names here/ });
    t.same(evidence.presence, []);
    world.lookup = () => new Promise(() => undefined);
    t.match((await world.examine('slow.example:1000')).diagnosis, {
      name: 'nameUnknown',
      because: /did not end/,
    });
    world.lookup = async () => ['0.0.0.0', 'x'];
    t.equal((await world.examine('odd.example:1000')).diagnosis.name, 'nameUnknown');
  }),
);

t.test(
  'a machine that refuses to send',
  inDoctorWorld(async (t, world) => {
    await world.endpoint();
    refuseToSend(world, 'EPERM');
    const { evidence, diagnosis } = await world.examine();
    t.match(diagnosis, { name: 'localRefusal', because: /EPERM/, also: [] });
    t.equal(evidence.conntrack, undefined, 'no table is known');
    world.files.set('/proc/sys/net/netfilter/nf_conntrack_count', '12\n');
    world.files.set('/proc/sys/net/netfilter/nf_conntrack_max', '262144\n');
    t.equal((await world.examine()).diagnosis.name, 'localRefusal', 'it is not full');
    world.files.set('/proc/sys/net/netfilter/nf_conntrack_count', '262144\n');
    t.match((await world.examine()).diagnosis, {
      name: 'conntrack',
      because: /262144 of 262144/,
    });
  }),
);

function refuseToSend(world: DoctorWorld, code: string): void {
  world.wrap = (transport) => ({
    family: transport.family,
    open: (receiver) => transport.open(receiver),
    send: (_datagram, _host, _port, done) => {
      done(Object.assign(new Error(`send ${code}`), { code, syscall: 'send' }));
    },
    close: () => transport.close(),
  });
}

t.test(
  'after a stall it is examined once more',
  inDoctorWorld(async (t, world) => {
    await world.endpoint();
    world.clock.setTimeout(() => world.clock.stall(5_000), 500);
    const { evidence, diagnosis } = await world.examine();
    t.equal(diagnosis.name, 'healthy');
    t.match(evidence.process, { examinations: 2 });
    t.ok(evidence.process.longestStallMs < 1_000);
  }),
);

t.test(
  'a process that stands still again and again says so, and does not blame the peer',
  inDoctorWorld(async (t, world) => {
    world.up.clear();
    let isOver = false;
    const again = (): void => {
      if (isOver) return;
      world.clock.stall(2_000);
      world.clock.setTimeout(again, 300);
    };
    again();
    const { evidence, diagnosis } = await world.examine();
    isOver = true;
    t.match(diagnosis, { name: 'localStall', exitCode: 18, because: /2\.\d s, and again/ });
    t.equal(evidence.process.examinations, 2);
    await world.clock.advance(300);
  }),
);

t.test(
  'what was heard holds in spite of stalls',
  inDoctorWorld(async (t, world) => {
    let isOver = false;
    const again = (): void => {
      if (isOver) return;
      world.clock.stall(2_000);
      world.clock.setTimeout(again, 300);
    };
    world.clock.setTimeout(again, 0);
    const { diagnosis } = await world.examine();
    isOver = true;
    t.match(diagnosis, { name: 'nobodyListens' });
    await world.clock.advance(300);
  }),
);

t.test(
  'a time of day that jumps again and again is told',
  inDoctorWorld(async (t, world) => {
    await world.endpoint();
    let isOver = false;
    const again = (): void => {
      if (isOver) return;
      world.clock.jumpWall(-3_600_000);
      world.clock.setTimeout(again, 1_000);
    };
    again();
    const { diagnosis } = await world.examine();
    isOver = true;
    t.match(diagnosis, { name: 'localStall', because: /time of day jump/ });
    await world.clock.advance(1_000);
  }),
);

t.test(
  'an examination that is aborted ends at once, whatever it does',
  inDoctorWorld(async (t, world) => {
    world.up.clear();
    for (const afterMs of [0, 1, 500, 3_500, 6_500, 9_000]) {
      const controller = new AbortController();
      const reason = new Error('enough');
      const examined = examine(TARGET, { signal: controller.signal }, world.parts);
      const rejected = t.rejects(examined, { message: 'enough' });
      await world.clock.advance(afterMs);
      controller.abort(reason);
      await rejected;
      t.equal(world.clock.pendingTimers - world.network.stats.inFlight, 0, `${afterMs} ms`);
    }
  }),
);

t.test(
  'an address that is none, or cannot be asked, is a mistake',
  inDoctorWorld(async (t, world) => {
    const { signal } = new AbortController();
    for (const target of ['nothing', '0.0.0.0:1', '224.0.0.1:7', '[::1]:7']) {
      await t.rejects(
        world.clock.runUntil(examine(target, { signal }, world.parts)),
        { name: 'AddressError' },
        target,
      );
    }
  }),
);

t.test('the body of a call that cannot be sent is a mistake', async (t) => {
  const world = new DoctorWorld();
  world.up.clear();
  const call = { procedure: 'x', args: [Symbol('no')] };
  await t.rejects(world.examine(TARGET, { call }), { name: 'UnencodableError' });
});

/**
 * An example of `rpcudp/testing`: your own protocol, tested on a network that loses every third
 * datagram. It opens no sockets and never waits for real time, and a seed always gives the same
 * story.
 */
import { createEndpoint, type PeerOf, type Random } from 'rpcudp';
import { SeededRandom, SimulatedClock, SimulatedNetwork } from 'rpcudp/testing';
import t from 'tap';

// The protocol: a counter on several replicas. An addition is done when most of them have it.

/** One replica. It recognises additions by their tokens, so that a repeated one counts once. */
function replica() {
  const additions = new Map<string, number>();
  return {
    handlers: {
      add: (_scope: unknown, token: string, amount: number): void => {
        additions.set(token, amount);
      },
    },
    total: () => [...additions.values()].reduce((sum, amount) => sum + amount, 0),
  };
}

type ReplicaPeer = PeerOf<ReturnType<typeof replica>['handlers']>;

/** Resolves when most replicas have the addition. The others get it when they can be reached. */
async function add(replicas: readonly ReplicaPeer[], amount: number, random: Random) {
  const token = random.unit().toString(36);
  await most(replicas.map((replica) => addTo(replica, token, amount)));
}

async function addTo(replica: ReplicaPeer, token: string, amount: number): Promise<void> {
  let outcome;
  // After a time-out it may have been added or not. Thanks to the token it can be sent again.
  do outcome = await replica.call('add', [token, amount], { timeoutMs: 300 });
  while (outcome.state === 'timedOut');
  if (outcome.state !== 'resolved') throw new Error(`The addition is ${outcome.state}`);
}

function most(promises: readonly Promise<void>[]): Promise<void> {
  let missing = Math.floor(promises.length / 2) + 1;
  return new Promise((resolve, reject) => {
    for (const promise of promises) {
      promise.then(() => {
        if (--missing === 0) resolve();
      }, reject);
    }
  });
}

// The test: a world in memory, in which everything is drawn from one seed.

const HOSTS = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const CLIENT = '10.0.0.9';

async function world(seed: number) {
  const clock = new SimulatedClock();
  const network = new SimulatedNetwork({
    clock,
    seed,
    lossRate: 0.3,
    duplicationRate: 0.1,
    delayMs: { min: 5, max: 80 },
  });
  const edges = (host: string) => ({
    transport: network.transport(host, 4000),
    clock,
    random: new SeededRandom(seed, host),
  });
  const replicas = HOSTS.map(replica);
  const servers = await Promise.all(
    HOSTS.map((host, index) =>
      createEndpoint({ ...edges(host), handlers: replicas[index]!.handlers }),
    ),
  );
  const client = await createEndpoint(edges(CLIENT));
  const peers = servers.map((server) => client.peer<typeof server>(server.address));
  return { clock, network, replicas, client, peers, endpoints: [client, ...servers] };
}

/**
 * Ten additions, with the third replica cut off during the last five. Returns what each replica has
 * in the end.
 */
async function story(seed: number) {
  const { clock, network, replicas, client, peers, endpoints } = await world(seed);
  const random = new SeededRandom(seed, 'tokens');
  for (let amount = 1; amount <= 10; amount++) {
    if (amount === 6) network.partition(CLIENT, HOSTS[2]!);
    await clock.runUntil(add(peers, amount, random));
  }
  const duringPartition = replicas.map(({ total }) => total());
  network.heal(CLIENT, HOSTS[2]!);
  await clock.advance(60_000);
  const { timedOut } = client.stats().outcomes;
  const afterwards = replicas.map(({ total }) => total());
  await clock.runUntil(Promise.all(endpoints.map((endpoint) => endpoint.close())));
  return { duringPartition, afterwards, timedOut, tookMs: clock.nowMs(), ...network.stats };
}

for (let seed = 1; seed <= 20; seed++) {
  t.test(`every addition counts once on every replica (seed ${seed})`, async (t) => {
    const { duringPartition, afterwards, timedOut, lost } = await story(seed);
    const [first, second, third] = duringPartition;
    t.ok(first! >= 40 && second! >= 40, 'those that can be reached have what was added since');
    t.ok(third! <= 15, 'the one that cannot has at most what came before');
    t.strictSame(afterwards, [55, 55, 55]);
    t.ok(lost > 0 && timedOut > 0, `${lost} datagrams were lost, ${timedOut} calls timed out`);
  });
}

t.test('the same seed gives the same story, to the millisecond', async (t) => {
  const first = await story(7);
  t.strictSame(await story(7), first);
  t.notSame(await story(8), first);
});

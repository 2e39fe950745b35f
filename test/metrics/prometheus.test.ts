/** What a registry of prom-client tells of endpoints. */
import t from 'tap';
import { Counter, prometheusContentType, Registry } from 'prom-client';
import type { AnyEndpoint } from '../../src/api/endpoint.js';
import type { EndpointStats } from '../../src/api/stats.js';
import { prometheus } from '../../src/metrics/index.js';
import { byLabel, readExposition, sumOf } from '../fixtures/exposition.js';
import { request } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

const scrape = async (registry: Pick<Registry, 'metrics'>) =>
  readExposition(await registry.metrics());

/** The families that are tables of counts, and their labels. */
const TABLES = [
  ['rpcudp_calls_total', 'outcome', ({ outcomes }: EndpointStats) => outcomes],
  ['rpcudp_requests_total', 'ending', ({ requests }: EndpointStats) => requests],
  ['rpcudp_notifications_total', 'ending', ({ notifications }: EndpointStats) => notifications],
  ['rpcudp_frames_received_total', 'fate', ({ fates }: EndpointStats) => fates],
  ['rpcudp_datagrams_refused_total', 'code', ({ refusedBy }: EndpointStats) => refusedBy],
] as const;

/** The families that are one number. */
const NUMBERS = {
  rpcudp_calls_queued: 'queuedNow',
  rpcudp_calls_in_flight: 'inFlightNow',
  rpcudp_calls_lingering: 'lingeringNow',
  rpcudp_procedures_running: 'runningNow',
  rpcudp_procedures_overrun: 'overrunNow',
  rpcudp_requests_remembered: 'rememberedNow',
  rpcudp_requests_forgotten_early_total: 'forgottenEarly',
  rpcudp_replies_withheld_total: 'withheldReplies',
  rpcudp_results_discarded_total: 'discardedResults',
  rpcudp_refusals_unseen_total: 'unseenRefusals',
  rpcudp_notifications_waiting: 'notificationsNow',
  rpcudp_datagrams_received_total: 'received',
  rpcudp_unreadable_headers_total: 'unreadableHeaders',
  rpcudp_datagrams_attempted_total: 'attempted',
  rpcudp_frames_attempted_total: 'framesAttempted',
  rpcudp_datagrams_sent_total: 'sent',
  rpcudp_peers: 'peersNow',
} as const satisfies Readonly<Record<string, keyof EndpointStats>>;

t.test(
  'the counts are those of stats(), whatever happened',
  inWorld(async (t, world) => {
    const registry = new Registry();
    const server = await world.endpoint({
      handlers: {
        at: () => 1,
        fail: () => Promise.reject(new Error('planted')),
        hold: () => new Promise((resolve) => world.clock.setTimeout(() => resolve(1), 400)),
      },
    });
    const client = await world.endpoint({ timeoutMs: 300, window: 1, mailbox: 1 });
    prometheus(server, registry, { name: 'server' });
    prometheus(client, registry, { name: 'client' });
    const peer = client.peer(server.address);
    for (const name of ['at', 'fail', 'none']) await world.clock.runUntil(peer.call(name));
    peer.notify('at');
    peer.call('hold').cancel();
    const calls = [peer.call('hold'), peer.call('at'), peer.call('at')];
    await world.settle();
    world.errors.splice(0);
    for (const point of ['while some wait', 'when all have ended']) {
      const series = await scrape(registry);
      for (const [name, endpoint] of Object.entries({ server, client })) {
        const stats = endpoint.stats();
        for (const [family, label, countsOf] of TABLES) {
          t.strictSame(byLabel(series, family, label, name), { ...countsOf(stats) }, family);
        }
        for (const [family, count] of Object.entries(NUMBERS)) {
          t.equal(sumOf(series, family, { endpoint: name }), stats[count], `${family} ${point}`);
        }
        const states = byLabel(series, 'rpcudp_endpoint_state', 'state', name);
        t.match(states, { open: 1, closed: 0 });
      }
      await world.clock.runUntil(Promise.all(calls));
    }
    // What nobody waits for any more has its end.
    await world.clock.advance(1_000);
  }),
);

t.test(
  'durations are told by procedure and ending, in classes that add up to the counts',
  inWorld(
    async (t, world) => {
      const registry = new Registry();
      const server = await world.endpoint({ handlers: { at: () => 1 } });
      const client = await world.endpoint({ timeoutMs: 300 });
      prometheus(server, registry, { name: 'server' });
      prometheus(client, registry, { name: 'client' });
      const peer = client.peer(server.address);
      for (let count = 0; count < 3; count += 1) await world.clock.runUntil(peer.call('at'));
      peer.notify('at');
      await world.clock.runUntil(client.peer('10.9.9.9:9').call('lost'));
      const series = await scrape(registry);
      const call = { endpoint: 'client', procedure: 'at', outcome: 'resolved' };
      const le = (bound: string) =>
        sumOf(series, 'rpcudp_call_duration_seconds_bucket', { ...call, le: bound });
      t.strictSame([le('0.025'), le('0.05'), le('10'), le('+Inf')], [0, 3, 3, 3], '40 ms each');
      t.equal(sumOf(series, 'rpcudp_call_duration_seconds_count', call), 3);
      t.equal(sumOf(series, 'rpcudp_call_duration_seconds_sum', call), 0.12);
      for (const outcome of ['resolved', 'rejected', 'timedOut', 'cancelled', 'unsent']) {
        t.equal(
          sumOf(series, 'rpcudp_call_duration_seconds_count', { outcome }),
          sumOf(series, 'rpcudp_calls_total', { outcome }),
          outcome,
        );
      }
      for (const ending of ['replied', 'finished']) {
        const found = sumOf(series, 'rpcudp_request_duration_seconds_count', { ending });
        t.equal(found, sumOf(series, 'rpcudp_requests_total', { ending }), ending);
      }
    },
    { delayMs: { min: 20, max: 20 } },
  ),
);

t.test(
  'names are escaped, and one that only a stranger said is nowhere',
  inWorld(async (t, world) => {
    const registry = new Registry();
    const hostile = 'a"b\nc\\d} 1 {e="f",';
    const server = await world.endpoint({ handlers: { [hostile]: () => 1 } });
    prometheus(server, registry, { name: hostile });
    const raw = await world.raw();
    raw.send(request(1, 'said by a stranger'), server.address);
    raw.send(request(2, hostile), server.address);
    await world.settle();
    const series = await scrape(registry);
    const labels = { procedure: hostile, endpoint: hostile, ending: 'replied' };
    t.equal(sumOf(series, 'rpcudp_request_duration_seconds_count', labels), 1);
    t.equal(sumOf(series, 'rpcudp_requests_total', { ending: 'unknownProcedure' }), 1);
    t.notMatch(await registry.metrics(), /stranger/);
  }),
);

t.test(
  'one scrape is of one moment, and asks an endpoint once',
  inWorld(async (t, world) => {
    const registry = new Registry();
    const endpoint: AnyEndpoint = await world.endpoint();
    let asked = 0;
    const counting = new Proxy(endpoint, {
      get(of, name) {
        if (name === 'stats') asked += 1;
        const value: unknown = Reflect.get(of, name, of);
        return typeof value === 'function' ? (value.bind(of) as unknown) : value;
      },
    });
    prometheus(counting, registry);
    const first = await scrape(registry);
    await scrape(registry);
    t.equal(asked, 2);
    t.equal(first[0]?.labels['endpoint'], '10.0.0.1:1000', 'its name is its address');
  }),
);

t.test(
  'endpoints come and go; with the last one the metrics leave the registry',
  inWorld(async (t, world) => {
    const registry = new Registry();
    const [one, other] = [await world.endpoint(), await world.endpoint()];
    const first = prometheus(one, registry, { name: 'one' });
    const second = prometheus(other, registry, { name: 'other' });
    t.throws(() => prometheus(other, registry, { name: 'one' }), {
      name: 'OptionError',
      message: /'name' is used by another endpoint of this registry: one/,
    });
    const names = async () =>
      new Set((await scrape(registry)).map(({ labels }) => labels['endpoint']));
    t.strictSame(await names(), new Set(['one', 'other']));
    first.unsubscribe();
    t.strictSame(await names(), new Set(['other']));
    second.unsubscribe();
    second.unsubscribe();
    t.equal((await registry.metrics()).trim(), '');
    prometheus(one, registry, { name: 'one' });
    registry.clear();
    prometheus(other, registry, { name: 'other' });
    t.strictSame(await names(), new Set(['one', 'other']), 'also after it was cleared');
    registry.resetMetrics();
    t.ok((await scrape(registry)).length > 0);
  }),
);

t.test(
  'a registry for OpenMetrics, labels of the user, and JSON',
  inWorld(async (t, world) => {
    const registry = new Registry();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    registry.setDefaultLabels({ site: 'north' });
    const endpoint = await world.endpoint({ handlers: { at: () => 1 } });
    prometheus(endpoint, registry, { name: 'x' });
    await world.clock.runUntil(endpoint.peer(endpoint.address).call('at'));
    for (const time of ['first', 'second']) {
      const text = await registry.metrics();
      t.match(text, /^# TYPE rpcudp_calls counter$/m, time);
      t.match(text, /^rpcudp_calls_total\{[^}]*\} 1$/m, time);
      t.match(text, /# EOF\n$/, time);
      t.equal(sumOf(readExposition(text), 'rpcudp_calls_total', { site: 'north' }), 1);
    }
    registry.setContentType(prometheusContentType);
    const json = await registry.getMetricsAsJSON();
    t.ok(json.some(({ name }) => name === 'rpcudp_call_duration_seconds'));
  }),
);

t.test(
  'a registry that has a metric of the same name, what is none, and wrong options',
  inWorld(async (t, world) => {
    const endpoint = await world.endpoint();
    const registry = new Registry();
    new Counter({ name: 'rpcudp_requests_total', help: 'mine', registers: [registry] });
    t.throws(() => prometheus(endpoint, registry), {
      name: 'OptionError',
      message: /'registry' has another metric of the name rpcudp_requests_total/,
    });
    t.throws(() => prometheus(endpoint, {} as never), { message: /must be a registry/ });
    t.throws(() => prometheus(endpoint, new Registry(), { name: '' }), {
      message: /'name' must be/,
    });
    t.throws(() => prometheus({} as AnyEndpoint, new Registry()), { message: /createEndpoint/ });
    t.throws(() => prometheus(endpoint, new Registry(), { nmae: 'x' } as never), {
      message: /'nmae' is not known; the options of prometheus are name/,
    });
  }),
);

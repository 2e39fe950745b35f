/** What OpenTelemetry's own SDKs make of an endpoint that they follow. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import * as conventions from '@opentelemetry/semantic-conventions';
import t from 'tap';
import type { Test } from 'tap';
import type { AnyEndpoint } from '../../src/api/endpoint.js';
import type { Handlers } from '../../src/api/handlers.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { openTelemetry } from '../../src/metrics/index.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
const tracer = provider.getTracer('test');
t.teardown(() => provider.shutdown());
t.beforeEach(() => {
  exporter.reset();
});

const spans = (kind: SpanKind): ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.kind === kind);
const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId;

/** Two endpoints that are followed. */
async function followed(world: World, handlers: Handlers) {
  const server = await world.endpoint({ handlers });
  const client = await world.endpoint({ timeoutMs: 300 });
  await openTelemetry(server, { tracer });
  await openTelemetry(client, { tracer });
  return { server, client, peer: client.peer(server.address) };
}

t.test(
  'a call and its request are spans of one trace, with the names of the conventions',
  inWorld(async (t, world) => {
    const { peer, client } = await followed(world, { at: () => 1 });
    await world.clock.runUntil(peer.call('at'));
    const [[call], [request]] = [spans(SpanKind.CLIENT), spans(SpanKind.SERVER)];
    const known = {
      [conventions.ATTR_RPC_SYSTEM_NAME]: 'rpcudp',
      [conventions.ATTR_RPC_METHOD]: 'at',
    };
    t.strictSame(
      { ...call?.attributes },
      {
        ...known,
        [conventions.ATTR_NETWORK_TRANSPORT]: 'udp',
        [conventions.ATTR_SERVER_ADDRESS]: '10.0.0.1',
        [conventions.ATTR_SERVER_PORT]: 1000,
      },
    );
    t.strictSame(
      { ...request?.attributes },
      {
        ...known,
        [conventions.ATTR_NETWORK_TRANSPORT]: 'udp',
        [conventions.ATTR_NETWORK_PEER_ADDRESS]: client.address.host,
        [conventions.ATTR_NETWORK_PEER_PORT]: client.address.port,
      },
    );
    t.strictSame([call?.name, request?.name], ['at', 'at']);
    t.equal(request?.parentSpanContext?.spanId, idOf(call));
    t.equal(request?.spanContext().traceId, call?.spanContext().traceId);
    t.equal(request?.parentSpanContext?.isRemote, true);
    t.equal(call?.status.code, SpanStatusCode.UNSET);
  }),
);

t.test(
  'calls that a procedure makes are children of its request, also after it has waited',
  inWorld(async (t, world) => {
    const { peer, server } = await followed(world, {
      outer: async ({ endpoint }: HandlerScope) => {
        await Promise.resolve();
        return endpoint.peer(server.address).call('inner').value();
      },
      inner: () => 2,
    });
    await tracer.startActiveSpan('of the program', async (own) => {
      await world.clock.runUntil(peer.call('outer'));
      own.end();
    });
    const [inner, outer] = spans(SpanKind.CLIENT);
    const [servedInner, servedOuter] = spans(SpanKind.SERVER);
    const own = exporter.getFinishedSpans().find(({ name }) => name === 'of the program');
    t.strictSame(
      [outer, servedOuter, inner, servedInner].map((span) => span?.parentSpanContext?.spanId),
      [own, outer, servedOuter, inner].map(idOf),
    );
    t.equal(new Set(exporter.getFinishedSpans().map((one) => one.spanContext().traceId)).size, 1);
  }),
);

t.test(
  'what went wrong is said at both ends',
  inWorld(async (t, world) => {
    const { peer, client } = await followed(world, {
      fail: () => Promise.reject(new Error('planted')),
      hold: () => new Promise(() => undefined),
    });
    await world.clock.runUntil(peer.call('fail'));
    await world.clock.runUntil(peer.call('none'));
    await world.clock.runUntil(client.peer('10.9.9.9:9').call('lost'));
    peer.call('hold').cancel();
    t.throws(() => peer.call('bad', [Symbol('x')]));
    const failed = { code: SpanStatusCode.ERROR };
    const code = conventions.ATTR_RPC_STATUS_CODE;
    const type = conventions.ATTR_ERROR_TYPE;
    t.match(
      spans(SpanKind.CLIENT).map(({ name, status, attributes }) => [name, status, attributes]),
      [
        ['fail', failed, { [type]: 'handlerFailed', [code]: 'handlerFailed' }],
        ['none', failed, { [type]: 'unknownProcedure', [code]: 'unknownProcedure' }],
        ['lost', failed, { [type]: 'timedOut' }],
        ['hold', failed, { [type]: 'cancelled' }],
        ['bad', failed, { [type]: 'UnencodableError' }],
      ],
    );
    t.match(
      spans(SpanKind.SERVER).map(({ name, status, attributes }) => [name, status, attributes]),
      [['fail', { ...failed, message: 'planted' }, { [type]: 'failed' }]],
    );
    world.errors.splice(0);
  }),
);

t.test(
  'a code that a peer made up is in a span, short, and not in what is measured',
  inWorld(async (t, world) => {
    const client = await world.endpoint();
    const measured = meters(t);
    await openTelemetry(client, { tracer, meter: measured.meter });
    const raw = await world.raw();
    raw.native = true;
    const call = client.peer(raw.address).call('x');
    await world.settle();
    raw.refuse(0, ['c'.repeat(1_000), 'words']);
    await world.clock.runUntil(call);
    const [span] = spans(SpanKind.CLIENT);
    const said = String(span?.attributes[conventions.ATTR_RPC_STATUS_CODE]);
    t.match(said, /^c{10}/);
    t.ok(said.length <= 65);
    t.equal(span?.attributes[conventions.ATTR_ERROR_TYPE], '_OTHER');
    const [point] = await measured.read(conventions.METRIC_RPC_CLIENT_CALL_DURATION);
    t.match(point?.attributes, { 'error.type': '_OTHER', 'rpc.status_code': '_OTHER' });
  }),
);

t.test(
  'only the endpoint that was given is followed, and no longer than it should be',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { at: () => 1 } });
    const [one, other] = [await world.endpoint(), await world.endpoint()];
    const following = await openTelemetry(one, { tracer });
    await world.clock.runUntil(other.peer(server.address).call('at'));
    t.equal(exporter.getFinishedSpans().length, 0);
    await world.clock.runUntil(one.peer(server.address).call('at'));
    t.equal(exporter.getFinishedSpans().length, 1);
    following.unsubscribe();
    await world.clock.runUntil(one.peer(server.address).call('at'));
    t.equal(exporter.getFinishedSpans().length, 1);
  }),
);

t.test(
  'a traceparent of the caller holds, and one that is none begins a trace',
  inWorld(async (t, world) => {
    const seen: (string | undefined)[] = [];
    const { peer } = await followed(world, {
      at: ({ traceparent }: HandlerScope) => void seen.push(traceparent),
    });
    const own = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const others = [
      '00-x',
      `ff${own.slice(2)}`,
      `${own}-more`,
      `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`,
    ];
    for (const traceparent of [own, ...others]) {
      await world.clock.runUntil(peer.call('at', [], { traceparent }));
    }
    const later = `01${own.slice(2)}-more`;
    await world.clock.runUntil(peer.call('at', [], { traceparent: later }));
    t.strictSame(seen, [own, ...others, later]);
    const parents = spans(SpanKind.SERVER).map((span) => span.parentSpanContext?.spanId);
    t.strictSame(parents, ['b'.repeat(16), ...others.map(() => undefined), 'b'.repeat(16)]);
  }),
);

t.test(
  'an old peer is called as ever',
  inWorld(async (t, world) => {
    const client = await world.endpoint();
    await openTelemetry(client, { tracer });
    const raw = await world.raw();
    const call = client.peer(raw.address).call('x');
    await world.settle();
    raw.answer(0, 5);
    t.match(await world.clock.runUntil(call), { value: 5 });
    t.equal(spans(SpanKind.CLIENT).length, 1);
  }),
);

t.test(
  'what the procedure of a span that is not current does is no child of it',
  inWorld(async (t, world) => {
    let current: unknown;
    const { peer } = await followed(world, {
      look: () => {
        current = trace.getSpan(context.active());
      },
    });
    await world.clock.runUntil(peer.call('look'));
    t.equal((current as ReadableSpan | undefined)?.kind, SpanKind.SERVER);
    t.equal(trace.getSpan(context.active()), undefined, 'and nothing is left of it');
  }),
);

t.test(
  'a tracer that throws costs nobody a call',
  inWorld(async (t, world) => {
    const endpoint = await world.endpoint({ handlers: { at: () => 1 } });
    const startSpan = (): never => {
      throw new Error('planted');
    };
    await openTelemetry(endpoint, { tracer: { startSpan } });
    t.match(await world.clock.runUntil(endpoint.peer(endpoint.address).call('at')), { value: 1 });
    t.match(world.errors.splice(0), [{ message: 'planted' }, { message: 'planted' }]);
  }),
);

/** A meter, and what it has measured. */
function meters(t: Test) {
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metrics });
  const meterProvider = new MeterProvider({ readers: [reader] });
  t.teardown(() => meterProvider.shutdown());
  return {
    meter: meterProvider.getMeter('test'),
    read: async (name: string) => {
      const { resourceMetrics } = await reader.collect();
      const found = resourceMetrics.scopeMetrics
        .flatMap((scope) => scope.metrics)
        .find(({ descriptor }) => descriptor.name === name);
      if (found === undefined) return [];
      t.equal(found.descriptor.unit, 's');
      if (found.dataPointType !== DataPointType.HISTOGRAM) throw new Error('no histogram');
      return found.dataPoints;
    },
  };
}

t.test(
  'durations are measured in seconds, by procedure and error',
  inWorld(
    async (t, world) => {
      const measured = meters(t);
      const server = await world.endpoint({
        handlers: { at: () => 1, fail: () => Promise.reject(new Error('planted')) },
      });
      const client = await world.endpoint();
      await openTelemetry(server, { meter: measured.meter });
      await openTelemetry(client, { meter: measured.meter });
      const peer = client.peer(server.address);
      for (const name of ['at', 'at', 'fail', 'none']) await world.clock.runUntil(peer.call(name));
      world.errors.splice(0);
      const told = async (name: string) =>
        (await measured.read(name)).map(({ attributes, value: { count, sum } }) => [
          ...[attributes['rpc.system.name'], attributes['rpc.method'], attributes['error.type']],
          ...[count, Math.round((sum ?? 0) * 1_000)],
        ]);
      t.strictSame(await told(conventions.METRIC_RPC_CLIENT_CALL_DURATION), [
        ['rpcudp', 'at', undefined, 2, 80],
        ['rpcudp', 'fail', 'handlerFailed', 1, 40],
        ['rpcudp', 'none', 'unknownProcedure', 1, 40],
      ]);
      t.strictSame(await told(conventions.METRIC_RPC_SERVER_CALL_DURATION), [
        ['rpcudp', 'at', undefined, 2, 0],
        ['rpcudp', 'fail', 'failed', 1, 0],
        ['rpcudp', '_OTHER', 'unknownProcedure', 1, 0],
      ]);
    },
    { delayMs: { min: 20, max: 20 } },
  ),
);

t.test('what is measured is scraped over HTTP from the exporter of the SDK', async (t) => {
  const reader = new PrometheusExporter({ host: '127.0.0.1', port: 0, preventServerStart: true });
  const meters = new MeterProvider({ readers: [reader] });
  t.teardown(() => meters.shutdown());
  const server = createServer((request, response) => {
    reader.getMetricsRequestHandler(request, response);
  });
  t.teardown(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;

  const options = { host: '127.0.0.1', handlers: { at: () => 1 } };
  const endpoint = await createEndpoint(options);
  t.teardown(() => endpoint.close());
  await openTelemetry(endpoint, { meter: meters.getMeter('test') });
  const peer = endpoint.peer(endpoint.address);
  for (let call = 0; call < 3; call += 1) await peer.call('at');
  await peer.call('unknown');

  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  const counts = (end: string) =>
    [...text.matchAll(new RegExp(`^rpc_${end}_call_duration_count\\{(.*)\\} (\\d+)`, 'gm'))]
      .map(([, labels = '', count]) => [/rpc_method="([^"]*)"/.exec(labels)?.[1], Number(count)])
      .sort();
  t.strictSame(counts('client'), [
    ['at', 3],
    ['unknown', 1],
  ]);
  t.strictSame(counts('server'), [
    ['_OTHER', 1],
    ['at', 3],
  ]);
  const { outcomes } = endpoint.stats();
  t.match(outcomes, { resolved: 3, rejected: 1 }, 'as the endpoint counts');
});

t.test(
  'without a meter and a tracer there is nothing to do',
  inWorld(async (t, world) => {
    const endpoint = await world.endpoint();
    await t.rejects(openTelemetry(endpoint, {}), { name: 'OptionError', message: /a meter, a/ });
    await t.rejects(openTelemetry(endpoint, { tracer: {} as never }), {
      message: /'tracer' must be/,
    });
    await t.rejects(openTelemetry(endpoint, { meter: 1 as never }), { message: /'meter' must be/ });
    await t.rejects(openTelemetry({} as AnyEndpoint, { tracer }), { message: /createEndpoint/ });
  }),
);

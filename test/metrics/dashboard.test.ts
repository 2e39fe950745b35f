/** The dashboard of the game: what Grafana says it must be, and what a real Prometheus fills it with. */
import { readFileSync } from 'node:fs';
import type { Dashboard } from '@grafana/schema';
import t from 'tap';
import { Game } from '../../demos/game/game.js';
import { serveMetrics } from '../../demos/metrics.js';
import type { EndpointStats } from '../../src/api/stats.js';
import { prometheusServer } from '../fixtures/real-parts.js';
import { dashboardFaults } from './dashboard-faults.js';
import { RealPrometheus } from './real-prometheus.js';

// A game of 50 players, and a program that starts and scrapes, on a machine that may be slow.
t.setTimeout(180_000);

/** What is asked of a panel here. */
interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const text = readFileSync('demos/game/dashboard.json', 'utf8');
const dashboard = JSON.parse(text) as Dashboard;
const panels = dashboard.panels as unknown as readonly Panel[];

/** What Grafana replaces before it asks. */
const VARIABLES = { $endpoint: '.*', $__rate_interval: '1m' };

function asked({ targets = [] }: Panel): string[] {
  return targets.map(({ expr }) =>
    Object.entries(VARIABLES).reduce((query, [name, value]) => query.replaceAll(name, value), expr),
  );
}

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** The panels that show one number for each endpoint, and the number. */
const TOTALS: Readonly<Record<string, (stats: EndpointStats) => number>> = {
  Calls: ({ outcomes }) => sum(outcomes),
  Requests: ({ requests }) => sum(requests),
  Notifications: ({ notifications }) => sum(notifications),
  Frames: ({ fates }) => sum(fates),
  Datagrams: ({ sent }) => sent,
  Peers: ({ peersNow }) => peersNow,
};

const { path, skip } = prometheusServer();
const needed = skip === undefined ? {} : { skip };

t.test(
  'a real Prometheus that scrapes the game fills every panel, with the counts of stats()',
  needed,
  async (t) => {
    const game = await Game.open();
    t.teardown(() => game.close());
    const page = await serveMetrics(game.shown, 0);
    t.teardown(() => page.close());
    const server = await RealPrometheus.start(t, path ?? '', page.url);
    await game.join();
    // A rate is made of two values.
    const scrapes = 'min(count_over_time(rpcudp_peers[1h]))';
    await server.until(scrapes, 3);
    await game.leave();
    await server.until(scrapes, 6);
    await game.close();
    const closedAtSeconds = Date.now() / 1_000;
    await server.until('min(timestamp(rpcudp_peers))', closedAtSeconds);

    for (const panel of panels) {
      for (const query of asked(panel)) {
        // Linux alone tells what the kernel dropped.
        if (query.includes('kernel_drops') && process.platform !== 'linux') continue;
        const found = await server.query(query);
        t.ok(found.length > 0, `${panel.title}: ${query}`);
        if (panel.type !== 'stat') continue;
        t.strictSame(
          Object.fromEntries(
            found.map(({ metric, value }) => [metric['endpoint'], Number(value[1])]),
          ),
          Object.fromEntries(
            Object.entries(game.shown).map(([name, endpoint]) => [
              name,
              TOTALS[panel.title]?.(endpoint.stats()),
            ]),
          ),
          panel.title,
        );
      }
    }
    for (const [name, endpoint] of Object.entries(game.shown)) {
      const stats = endpoint.stats();
      for (const [family, label, counts] of [
        ['rpcudp_calls_total', 'outcome', stats.outcomes],
        ['rpcudp_requests_total', 'ending', stats.requests],
        ['rpcudp_notifications_total', 'ending', stats.notifications],
        ['rpcudp_frames_received_total', 'fate', stats.fates],
      ] as const) {
        const found = await server.query(`${family}{endpoint="${name}"}`);
        t.strictSame(
          Object.fromEntries(found.map(({ metric, value }) => [metric[label], Number(value[1])])),
          { ...counts },
          `${family} of ${name}`,
        );
      }
    }
    t.ok(game.shown['arena']!.stats().framesReceived > 100, 'there was something to count');
  },
);

t.test('the dashboard is one by the schema of Grafana', async (t) => {
  const wrong = [
    ['"schemaVersion"', '"schemaVersio"', /schemaVersio/],
    ['"type": "datasource"', '"type": "dtasource"', /"dtasource"/],
    ['"graphTooltip": 1', '"graphTooltip": "1"', /DashboardCursorSync/],
    ['"gridPos": {', '"gridPos": { "z": 1,', /"z"' does not exist/],
  ] as const;
  const broken = wrong.map(([right, other]) => text.replace(right, other));
  t.notOk(broken.includes(text), 'each of them is another');
  const [ofText, ...ofBroken] = dashboardFaults(t.testdir(), [text, ...broken]);
  t.same(ofText, []);
  for (const [index, [, other, fault]] of wrong.entries()) t.match(ofBroken[index], [fault], other);
});

/** Plot: calls a second, as SVG. */
import type { Level } from './match.js';
import { loadPeer } from './peers.js';
import { spreadOf } from './statistics.js';
import type { Report } from './tables.js';

interface Echarts {
  init(
    element: null,
    theme: null,
    options: { renderer: 'svg'; ssr: true; width: number; height: number },
  ): { setOption(option: object): void; renderToSVGString(): string; dispose(): void };
}

const WIDTH = 860;
const LEVELS: readonly Level[] = [64, 256];
const ROW_HEIGHT = 46;

/**
 * Grey, blue and orange that are visible on a white page and on a black one, because the plot has
 * no background.
 */
const INK = '#6f7a86';
const FAINT = '#6f7a8655';
const COLORS: Readonly<Record<number, string>> = { 64: '#3d8bfd', 256: '#e8833a' };

/**
 * Medians of calls a second by contestant, with several in flight. `subtitle` tells the date and
 * the machine.
 */
export function plot({ entries, results }: Report, subtitle: string): string {
  const echarts = loadPeer('echarts') as Echarts;
  const height = 155 + entries.length * ROW_HEIGHT;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption({
    animation: false,
    textStyle: { color: INK, fontFamily: 'system-ui, sans-serif', fontSize: 13 },
    title: {
      text: 'Calls a second',
      subtext: subtitle,
      left: 0,
      textStyle: { color: INK, fontSize: 18 },
      subtextStyle: { color: INK, fontSize: 13 },
    },
    legend: { left: 0, top: 68, itemGap: 24, textStyle: { color: INK, fontSize: 13 } },
    // As wide as the longest name. Outside of a browser, echarts cannot measure text.
    grid: { left: 180, right: 70, top: 105, bottom: 50 },
    xAxis: {
      type: 'value',
      name: 'calls/s',
      nameLocation: 'middle',
      nameGap: 30,
      axisLabel: { color: INK },
      splitLine: { lineStyle: { color: FAINT } },
    },
    yAxis: {
      type: 'category',
      data: entries.map(({ name }) => name),
      inverse: true,
      axisLabel: { color: INK, fontSize: 13 },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: INK } },
    },
    series: LEVELS.map((level) => ({
      name: `${level} in flight`,
      type: 'bar',
      color: COLORS[level],
      data: (results.get(level) ?? []).map((samples) =>
        Math.round(spreadOf(samples.map(({ callsPerSecond }) => callsPerSecond)).median),
      ),
      label: {
        show: true,
        position: 'right',
        color: INK,
        fontSize: 12,
        formatter: ({ value }: { value: number }) => value.toLocaleString('en-US'),
      },
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

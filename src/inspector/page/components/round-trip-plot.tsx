/** Round-trip plot: each answered call is a dot, the peer's smoothed round-trip time is a line. */
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { theme } from '../live/theme.js';
import type { PeerState } from '../store/endpoint-state.js';
import { durationText } from '../store/format.js';
import { useSession } from './page-context.js';
import { useSize } from './use-size.js';

const HEIGHT = 190;

export function RoundTripPlot({ peer }: { peer: PeerState }): VNode {
  const { tick } = useSession();
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const { width } = useSize(element);
  const { value: colours } = theme;
  useEffect(() => {
    const { current } = element;
    if (current === null || width === 0) return;
    const made = new uPlot(optionsOf(current, width), dataOf(peer), current);
    plot.current = made;
    return () => made.destroy();
  }, [peer, width, colours]);
  const drawn = tick.value;
  useEffect(() => plot.current?.setData(dataOf(peer)), [peer, drawn]);
  return (
    <div
      ref={element}
      class="plot"
      role="img"
      aria-label={`Round-trip times; now ${peer.latest?.roundTripMs ?? 'not known'} ms`}
      data-testid="round-trip-plot"
    />
  );
}

function optionsOf(element: Element, width: number): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour('--muted'),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [10, 8, 0, 0],
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [
      { ...axis, size: 26, space: 90, values: (_plot, seconds) => seconds.map(timeText) },
      { ...axis, size: 62, space: 34, values: (_plot, ms) => ms.map(durationText) },
    ],
    series: [
      {},
      {
        label: 'calls',
        stroke: colour('--muted'),
        paths: () => null,
        points: { show: true, size: 3.5, width: 0, fill: colour('--dot') },
      },
      {
        label: 'smoothed',
        stroke: colour('--accent'),
        width: 1.75,
        spanGaps: true,
        points: { show: false },
      },
    ],
  };
}

function dataOf({ records, roundTrips }: PeerState): uPlot.AlignedData {
  const calls = roundTrips.items().map(({ atMs, ms }) => ({ atMs, ms, smoothed: null }));
  const told = records
    .items()
    .map(({ atMs, roundTripMs }) => ({ atMs, ms: null, smoothed: roundTripMs }));
  const all = [...calls, ...told].sort((a, b) => a.atMs - b.atMs);
  return [
    all.map(({ atMs }) => atMs / 1_000),
    all.map(({ ms }) => ms),
    all.map(({ smoothed }) => smoothed),
  ];
}

function timeText(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString('en-GB');
}

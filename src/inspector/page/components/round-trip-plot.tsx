/**
 * Round-trip plot: each call that was answered after it was sent once is a dot, the peer's smoothed
 * round-trip time is a line.
 */
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { theme } from '../live/theme.js';
import type { PeerState } from '../store/endpoint-state.js';
import { clockText, durationText } from '../store/format.js';
import type { RoundTripSample } from '../store/round-trip-samples.js';
import { hasSpan, roundTripSamples } from '../store/round-trip-samples.js';
import { useSize } from './use-size.js';

const HEIGHT = 190;

/** Without two moments that were measured, an axis would be made up: then there is none. */
export function RoundTripPlot({ peer }: { peer: PeerState }): VNode {
  const samples = roundTripSamples(peer);
  const [first] = samples;
  if (hasSpan(samples)) return <Plot peer={peer} samples={samples} />;
  return (
    <p class="muted" data-testid="no-round-trips">
      {first === undefined
        ? 'No round trip has been measured yet.'
        : `One so far: ${durationText(first.ms ?? first.smoothed ?? NaN)} at ${clockText(first.atMs)}.`}
    </p>
  );
}

function Plot(props: { peer: PeerState; samples: readonly RoundTripSample[] }): VNode {
  const { peer, samples } = props;
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const { width } = useSize(element);
  const roundTripMs = peer.latest?.roundTripMs ?? undefined;
  const { value: colours } = theme;
  useEffect(() => {
    const { current } = element;
    if (current === null || width === 0) return;
    const made = new uPlot(optionsOf(current, width), dataOf(samples), current);
    plot.current = made;
    return () => made.destroy();
  }, [peer, width, colours]);
  useEffect(() => plot.current?.setData(dataOf(samples)), [samples]);
  return (
    <div
      ref={element}
      class="plot"
      role="img"
      aria-label={`Round-trip times; now ${roundTripMs === undefined ? 'not known' : durationText(roundTripMs)}`}
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

function dataOf(samples: readonly RoundTripSample[]): uPlot.AlignedData {
  return [
    samples.map(({ atMs }) => atMs / 1_000),
    samples.map(({ ms }) => ms),
    samples.map(({ smoothed }) => smoothed),
  ];
}

function timeText(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString('en-GB');
}

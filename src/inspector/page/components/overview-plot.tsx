/**
 * Overview plot: lines over time. A drag over it chooses a range of time, for all views; a click
 * ends that.
 */
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { theme } from '../live/theme.js';
import { timeRange } from '../live/view-state.js';
import type { PlotTable } from '../store/overview-plots.js';
import { useSize } from './use-size.js';

const HEIGHT = 128;
/** A drag over fewer pixels is a click. */
const LEAST_DRAG = 4;
/** Plots with this key move their cursors together. */
const SYNC = 'overview';

/** Whether the pointer is pressed on a plot; meanwhile no plot moves. */
let isDragged = false;

/** The bin that the pointer is on, in all plots. */
export const hoveredBin = signal<number | undefined>(undefined);

interface OverviewPlotProps {
  readonly table: PlotTable;
  /** When the bins begin, in Unix seconds. */
  readonly begins: readonly number[];
  readonly binSeconds: number;
}

export function OverviewPlot({ table, begins, binSeconds }: OverviewPlotProps): VNode {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const { width } = useSize(element);
  const { value: colours } = theme;
  const { value: range } = timeRange;
  const data: uPlot.AlignedData = [begins as number[], ...table.lines.map((line) => [...line])];
  useEffect(() => {
    const { current } = element;
    if (current === null || width === 0) return;
    const made = new uPlot(optionsOf(current, width, table, binSeconds), data, current);
    plot.current = made;
    return () => {
      plot.current = undefined;
      made.destroy();
    };
  }, [table.name, width, colours, binSeconds]);
  useEffect(() => {
    const { current } = plot;
    if (current === undefined || isDragged) return;
    current.setData(data);
    showRange(current, range);
  }, [data, range]);
  return (
    <div
      ref={element}
      class="overview-plot"
      role="img"
      aria-label={`${table.title}, over time`}
      data-testid={`plot-${table.name}`}
      onPointerDown={({ clientX, pointerType }) => {
        // A finger scrolls the page.
        if (pointerType !== 'mouse') return;
        isDragged = true;
        addEventListener('pointerup', (up) => endDrag(clientX, up.clientX), { once: true });
      }}
    />
  );
}

/** uPlot tells of a drag, and not of a click. */
function endDrag(fromX: number, toX: number): void {
  isDragged = false;
  if (Math.abs(toX - fromX) < LEAST_DRAG) timeRange.value = undefined;
}

/** Shows the range, wherever it is now: the plot moves on below it. */
function showRange(plot: uPlot, range: typeof timeRange.value): void {
  const { width, height } = plot.over.getBoundingClientRect();
  const at = (ms: number) => Math.min(width, Math.max(0, plot.valToPos(ms / 1_000, 'x')));
  const left = range === undefined ? 0 : at(range.fromMs);
  const right = range === undefined ? 0 : at(range.toMs);
  plot.setSelect({ left, width: right - left, top: 0, height }, false);
}

function optionsOf(
  element: Element,
  width: number,
  { looks, text }: PlotTable,
  binSeconds: number,
): uPlot.Options {
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
    padding: [8, 8, 0, 0],
    cursor: {
      y: false,
      points: { size: 7 },
      drag: { x: true, y: false, setScale: false },
      sync: { key: SYNC },
    },
    scales: { y: { range: (_plot, _least, most) => [0, niceTop(most)] } },
    axes: [
      { ...axis, size: 24, space: 90, values: (_plot, seconds) => seconds.map(timeText) },
      { ...axis, size: 62, space: 30, values: (_plot, values) => values.map((one) => text(one)) },
    ],
    series: [
      {},
      ...looks.map(({ label, colour: name, dash }) => ({
        label,
        stroke: colour(name),
        width: 1.5,
        dash: [...dash],
        points: { show: false },
      })),
    ],
    hooks: {
      setCursor: [({ cursor }) => (hoveredBin.value = cursor.idx ?? undefined)],
      setSelect: [(plot) => chooseRange(plot, binSeconds)],
    },
  };
}

function chooseRange(plot: uPlot, binSeconds: number): void {
  const { left, width } = plot.select;
  if (width < LEAST_DRAG) return;
  const fromMs = plot.posToVal(left, 'x') * 1_000;
  const toMs = plot.posToVal(left + width, 'x') * 1_000;
  // A value stands where its bin begins.
  timeRange.value = { fromMs, toMs: Math.max(toMs, fromMs + binSeconds * 1_000) };
}

/** Nothing is as high as the plot; where all is 0, the line lies at its foot. */
function niceTop(most: number): number {
  return most > 0 ? most * 1.15 : 1;
}

function timeText(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString('en-GB');
}

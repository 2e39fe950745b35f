/** Overview plots: the plots, with what their lines mean and the values at the pointer. */
import type { VNode } from 'preact';
import type { Overview } from '../store/overview.js';
import { clockText } from '../store/format.js';
import { beginsOf, plotsOf } from '../store/overview-plots.js';
import type { PlotTable } from '../store/overview-plots.js';
import { hoveredBin, OverviewPlot } from './overview-plot.js';

export function OverviewPlots({ overview }: { overview: Overview }): VNode {
  const { bins, counted } = overview;
  const begins = beginsOf(bins);
  return (
    <div class="overview-plots">
      {plotsOf(bins).map((table) => (
        <section class="panel" key={table.name} aria-label={table.title}>
          <h3>
            <span>{table.title}</span>
            {!counted && <span class="muted">of those kept that the search finds</span>}
          </h3>
          <Legend table={table} begins={begins} />
          {isEmpty(table) ? (
            <p class="plot-empty muted">Nothing to plot yet.</p>
          ) : (
            <OverviewPlot table={table} begins={begins} binSeconds={bins.widthMs / 1_000} />
          )}
        </section>
      ))}
    </div>
  );
}

/** A plot without values would invent an axis. */
function isEmpty({ lines }: PlotTable): boolean {
  return lines.every((line) => line.every((value) => value === null));
}

function Legend({ table, begins }: { table: PlotTable; begins: readonly number[] }): VNode {
  const { looks, lines, text } = table;
  const hovered = hoveredBin.value;
  const at = hovered !== undefined && hovered < begins.length ? hovered : begins.length - 1;
  return (
    <p class="legend" data-testid={`legend-${table.name}`}>
      {looks.map(({ label, colour, dash }, index) => {
        const value = lines[index]?.[at];
        return (
          <span class="legend-line" key={label}>
            <svg width="18" height="8" aria-hidden="true">
              <path
                d="M0 4H18"
                stroke={`var(${colour})`}
                stroke-width="1.75"
                stroke-dasharray={dash.join(' ')}
              />
            </svg>
            {label} <b class="num">{typeof value === 'number' ? text(value) : '–'}</b>
          </span>
        );
      })}
      <time class="muted num">{clockText((begins[at] ?? NaN) * 1_000).slice(0, 8)}</time>
    </p>
  );
}

/** Machine chart: the chart of a user's machine, as it was after one of its steps. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { MachineChart as Chart, RecordOf } from '../../record.js';
import type { ChartEdge } from '../store/chart-path.js';
import { ANY_STATE, anyState } from '../store/drawn-state.js';
import { countOf } from '../store/format.js';
import { currentStates, drawingOf } from '../store/machine-drawing.js';
import type { Look } from '../store/state-words.js';
import { layOutChart } from './chart-layout.js';
import { ChartPicture } from './chart-picture.js';

const CURRENT: Look = { mark: 'full', tone: 'busy' };
const OTHER: Look = { mark: 'dotted', tone: 'idle' };

export function MachineChart({
  chart,
  step,
}: {
  chart: Chart;
  step: RecordOf<'actor.step'> | undefined;
}): VNode {
  const [drawing, placed] = useMemo(() => {
    const made = drawingOf(chart);
    const { states, edges } = made;
    const isAny = edges.some(({ from }) => from === ANY_STATE);
    return [made, layOutChart(isAny ? [...states, anyState()] : states, edges)] as const;
  }, [chart]);
  const active = step?.states ?? [];
  const current = currentStates(drawing, active);
  const taken = new Set<ChartEdge | undefined>(
    (step?.taken ?? []).map((place) => drawing.edgeOf[place]),
  );
  const takenKeys = new Set([...taken].map((edge) => edge && keyOf(edge)));
  return (
    <>
      <ChartPicture
        layout={placed}
        now={active.join(', ')}
        current={current}
        visited={new Set()}
        takenBy={(edge) => (takenKeys.has(keyOf(edge)) ? [] : undefined)}
        lookOf={({ name }) => (current.has(name) ? CURRENT : OTHER)}
      />
      {drawing.leftOut > 0 && (
        <p class="muted">
          {countOf(drawing.leftOut, 'state or transition', 'states and transitions')} not drawn
        </p>
      )}
    </>
  );
}

function keyOf({ from, to }: ChartEdge): string {
  return JSON.stringify([from, to]);
}

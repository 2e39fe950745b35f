/** Procedure table: how the calls of each procedure ended. */
import type { VNode } from 'preact';
import { CALL_STATES, OUTCOME_STATES } from '../../../api/call-state.js';
import type { RecordOf } from '../../record.js';
import { countText } from '../store/format.js';
import { Name } from './name.js';

type Procedure = RecordOf<'counts'>['procedures'][number];

interface ProcedureTableProps {
  readonly procedures: readonly Procedure[];
  /** Shows the calls of a procedure. */
  readonly onPick: (procedure: string) => void;
}

export function ProcedureTable({ procedures, onPick }: ProcedureTableProps): VNode {
  if (procedures.length === 0) return <p class="muted">No call to this peer has ended yet.</p>;
  return (
    <div class="wide-table">
      <table class="procedures">
        <thead>
          <tr>
            <th>procedure</th>
            <th>success</th>
            {OUTCOME_STATES.map((state) => (
              <th key={state} class="right">
                {CALL_STATES[state].words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {procedures.map((one) => (
            <Row key={one.procedure} one={one} onPick={() => onPick(one.procedure)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ one, onPick }: { one: Procedure; onPick: () => void }): VNode {
  const { procedure, outcomes } = one;
  const all = OUTCOME_STATES.reduce((sum, state) => sum + outcomes[state], 0);
  const percent = all === 0 ? 0 : (100 * outcomes.resolved) / all;
  return (
    <tr data-testid="procedure" data-procedure={procedure}>
      <td class="cut procedure" title={procedure}>
        <button type="button" class="link" data-testid="procedure-calls" onClick={onPick}>
          <Name text={procedure} />
        </button>
      </td>
      <td class="success">
        <span class="success-bar" aria-hidden="true">
          <i style={{ width: `${percent}%` }} />
        </span>
        <span class="num">{percentText(percent)}</span>
      </td>
      {OUTCOME_STATES.map((state) => (
        <td key={state} class={outcomes[state] === 0 ? 'right num faint' : 'right num'}>
          {countText(outcomes[state])}
        </td>
      ))}
    </tr>
  );
}

/** Never 100 % if one call failed. */
function percentText(percent: number): string {
  const shown = percent > 99.9 && percent < 100 ? 99.9 : percent;
  return `${shown === 100 || shown === 0 ? shown.toFixed(0) : shown.toFixed(1)} %`;
}

/** Call values: what a call was given, and what it gave back. */
import type { VNode } from 'preact';
import type { Side } from '../store/transaction.js';
import { jsonOf } from '../store/value-text.js';
import { CopyButton } from './copy-button.js';
import { Panel } from './panel.js';
import { Value } from './value.js';

export function CallValues({ side }: { side: Side }): VNode {
  const { record, steps } = side;
  const last = steps.findLast(
    ({ outcome, value, error }) =>
      outcome !== undefined || value !== undefined || error !== undefined,
  );
  const values: [string, unknown][] = [['Arguments', record.args]];
  if (record.headers !== undefined) values.push(['Headers', record.headers]);
  for (const { outcome, value, error, headers } of steps) {
    if (value !== undefined && outcome === undefined) values.push(['Value', value]);
    if (error !== undefined && outcome === undefined) values.push(['Error', error]);
    if (headers !== undefined) values.push(['Reply headers', headers]);
  }
  const outcome = last?.outcome ?? steps.find((step) => step.outcome !== undefined)?.outcome;
  if (outcome !== undefined) values.push(['Outcome', outcome]);
  return (
    <Panel title="Values" last>
      <dl class="values">
        {values.map(([name, value]) => (
          <div key={name}>
            <dt class="muted">
              {name}
              <CopyButton
                text={jsonOf(value)}
                label="JSON"
                testId={`copy-${name.toLowerCase().replace(' ', '-')}`}
              />
            </dt>
            <dd>
              <Value value={value} testId={`value-${name.toLowerCase().replace(' ', '-')}`} />
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** Call head: what was called, by whom, how it ended and why. */
import type { VNode } from 'preact';
import type { RecordOf } from '../../record.js';
import { fullTimeText, timeText } from '../live/time-style.js';
import { show } from '../live/view-state.js';
import { elapsedOf } from '../store/elapsed.js';
import { durationText } from '../store/format.js';
import { shellLine } from '../store/shell.js';
import type { Side } from '../store/transaction.js';
import { timeOutWords } from '../store/verdict-words.js';
import { ComparePicker } from './compare-picker.js';
import { CopyButton } from './copy-button.js';
import { Icon } from './icon.js';
import { MadeBy } from './made-by.js';
import { Name } from './name.js';
import { SearchValue } from './search-value.js';
import { StateMark } from './state-mark.js';

type End = 'endpoint' | 'peer';

/** Who did what to whom. */
const WHO: Readonly<Record<Side['kind'], readonly [End, string, End]>> = {
  call: ['endpoint', 'called', 'peer'],
  notification: ['endpoint', 'notified', 'peer'],
  handler: ['peer', 'asked', 'endpoint'],
};

export function CallHead({ side }: { side: Side }): VNode {
  const { record, kind, state, attempts, note, endpointName } = side;
  const { transactionId, peer, procedure, atMs } = record;
  const [before, between, after] = WHO[kind];
  const names = { endpoint: endpointName, peer };
  const elapsed = elapsedOf(side);
  const timeOut = timeOutWords(side);
  const why = timeOut ?? note;
  const command = (record as RecordOf<'call'>).command;
  return (
    <header class="call-head">
      <button
        type="button"
        class="button"
        aria-label="Back to the calls"
        onClick={() => show('calls')}
      >
        <Icon name="back" />
      </button>
      <div class="call-title">
        <h2>
          <span class="call-procedure">
            <SearchValue field="procedure" value={procedure} />
          </span>
          <SearchValue field="state" value={state}>
            <StateMark state={state} kind={kind} />
          </SearchValue>
        </h2>
        <p class="call-line muted">
          <SearchValue field={before} value={names[before]} /> {between}{' '}
          <SearchValue field={after} value={names[after]} />,{' '}
          <time title={fullTimeText(atMs)}>{timeText(atMs)}</time>
          {elapsed !== undefined && (
            <>
              , <b>{durationText(elapsed.ms)}</b> {elapsed.what}
            </>
          )}
          {kind === 'call' &&
            attempts > 0 &&
            `, ${attempts === 1 ? 'sent once' : `sent ${attempts} times`}`}
          <MadeBy side={side} />
        </p>
        {why !== '' && (
          <p
            class={timeOut === undefined ? 'verdict' : 'verdict verdict-bad'}
            data-testid="verdict"
            title={why}
          >
            <Name text={why} />
          </p>
        )}
      </div>
      <div class="call-buttons">
        <ComparePicker side={side} />
        {command !== undefined && (
          <CopyButton
            text={shellLine(['npx', 'rpcudp', ...command])}
            label="Copy as npx rpcudp call …"
            testId="copy-command"
          />
        )}
        <CopyButton text={transactionId} label={transactionId.slice(0, 8)} testId="copy-id" />
      </div>
    </header>
  );
}

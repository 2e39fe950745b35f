/** Call head: what was called, by whom, how it ended and why. */
import type { VNode } from 'preact';
import type { RecordOf } from '../../record.js';
import { show } from '../live/view-state.js';
import { elapsedOf } from '../store/elapsed.js';
import { clockText, durationText } from '../store/format.js';
import { shellLine } from '../store/shell.js';
import type { Side } from '../store/transaction.js';
import { timeOutWords } from '../store/verdict-words.js';
import { ComparePicker } from './compare-picker.js';
import { CopyButton } from './copy-button.js';
import { Icon } from './icon.js';
import { MadeBy } from './made-by.js';
import { Name } from './name.js';
import { useSession } from './page-context.js';
import { StateMark } from './state-mark.js';

const WHO: Readonly<Record<Side['kind'], (name: string, peer: string) => string>> = {
  call: (name, peer) => `${name} called ${peer}`,
  notification: (name, peer) => `${name} notified ${peer}`,
  handler: (name, peer) => `${peer} asked ${name}`,
};

export function CallHead({ side }: { side: Side }): VNode {
  const { endpoints } = useSession().store;
  const { record, kind, state, attempts, note } = side;
  const { transactionId, peer, procedure, endpoint, atMs } = record;
  const name = endpoints.get(endpoint)?.name ?? endpoint;
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
            <Name text={procedure} />
          </span>
          <StateMark state={state} kind={kind} />
        </h2>
        <p class="call-line muted">
          <Name text={WHO[kind](name, peer)} /> at {clockText(atMs)}
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
            text={shellLine(['rpcudp', ...command])}
            label="Copy as rpcudp call …"
            testId="copy-command"
          />
        )}
        <CopyButton text={transactionId} label={transactionId.slice(0, 8)} testId="copy-id" />
      </div>
    </header>
  );
}

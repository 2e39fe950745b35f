/**
 * Notices: what the user must know first: that this is a recording or not current, or that something
 * went wrong.
 */
import type { VNode } from 'preact';
import { clockText, countOf } from '../store/format.js';
import { Icon } from './icon.js';
import { useSession } from './page-context.js';

export function Notices(): VNode {
  const session = useSession();
  const source = session.source.value;
  const problem = session.problem.value;
  return (
    <>
      {source.kind === 'file' && (
        <div class="notice" data-testid="recording-notice">
          <Icon name="open" />
          <span>
            Recording <b>{source.name}</b>
            {source.progress < 1 && `, ${Math.floor(source.progress * 100)} % read`}
            {source.refused > 0 && `, ${countOf(source.refused, 'line')} left out: not records`}
          </span>
          <button
            type="button"
            class="button"
            data-testid="back-to-live"
            onClick={() => session.backToLive()}
          >
            Back to live
          </button>
        </div>
      )}
      {session.feedState.value === 'gone' && (
        <div class="notice notice-gone" data-testid="gone-notice">
          <span>
            <b>The inspector does not answer.</b> This is what was known at{' '}
            {clockText(session.goneAtMs)}; nothing here is current. When the inspector is back, the
            page goes on, and keeps what it has.
          </span>
        </div>
      )}
      {problem !== undefined && (
        <div class="notice notice-bad" role="alert" data-testid="problem">
          <span>{problem}</span>
          <button type="button" class="button" onClick={() => (session.problem.value = undefined)}>
            Dismiss
          </button>
        </div>
      )}
    </>
  );
}

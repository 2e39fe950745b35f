/** No calls: why the list is empty, and the command that fills it. */
import type { VNode } from 'preact';
import { narrowed, showAll } from '../live/listing.js';
import { pageUrl } from '../live/page-url.js';
import { shellLine } from '../store/shell.js';
import { CopyButton } from './copy-button.js';
import { useLiveSession } from './page-context.js';

export function NoCalls(): VNode {
  const session = useLiveSession();
  const isSomethingHidden = narrowed.value && session.store.size > 0;
  return (
    <div class="empty">
      {session.isReading ? (
        <p class="muted">…</p>
      ) : isSomethingHidden ? (
        <>
          <p>Nothing matches the search.</p>
          <button type="button" class="button" onClick={showAll}>
            Show all
          </button>
        </>
      ) : session.source.value.kind === 'file' ? (
        <p>No calls are in this recording.</p>
      ) : (
        <HowToFeed />
      )}
    </div>
  );
}

function HowToFeed(): VNode {
  const open = [...useLiveSession().store.endpoints.values()].filter(
    ({ closed }) => closed === undefined,
  );
  const [first] = open;
  const url = pageUrl();
  return (
    <>
      <p>No calls yet.</p>
      {first === undefined ? (
        <>
          <p class="muted">This page shows what endpoints feed it:</p>
          <Command words={['serve', './handlers.js', '--inspect', url]} testId="feed-serve" />
          <p class="muted">
            or, in a program, <code>feedInspector(endpoint, '{url}')</code>. A recording can be
            dropped on this page.
          </p>
        </>
      ) : (
        <>
          <p class="muted">
            {open.length === 1 ? `${first.name} waits` : `${open.length} endpoints wait`} to be
            called, for example so:
          </p>
          <Command
            words={['call', first.record.address, 'ping', '--inspect', url]}
            testId="feed-call"
          />
        </>
      )}
    </>
  );
}

function Command({ words, testId }: { words: readonly string[]; testId: string }): VNode {
  const line = shellLine(['npx', 'rpcudp', ...words]);
  return (
    <p class="command">
      <code>{line}</code>
      <CopyButton text={line} label="Copy" testId={testId} />
    </p>
  );
}

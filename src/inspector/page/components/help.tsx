/** The keys, laid over the page. */
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { KEYS } from '../live/keyboard.js';
import { helpOpen } from '../live/view-state.js';
import { CALL_STATES, stateWords } from '../store/state-words.js';
import { StateMark } from './state-mark.js';

const MEANINGS: Readonly<Record<string, string>> = {
  queued: "waits in the peer's mailbox",
  sent: 'handed to the socket',
  awaiting: 'sent; the answer is awaited',
  resolved: 'the peer answered',
  rejected: 'the peer answered with an error',
  timedOut: 'no answer in time; one may still come',
  late: 'an answer came after the time-out',
  lost: 'no answer came at all',
  cancelled: 'the caller took it back',
  unsent: 'it never left this machine',
};

export function Help(): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => (helpOpen.value = false);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-label="Keys and states"
      data-testid="help-overlay"
      onClose={close}
      onClick={({ target, currentTarget }) => {
        if (target === currentTarget) close();
      }}
    >
      <div class="help-columns">
        <section>
          <h2>Keys</h2>
          <dl>
            {KEYS.map(([keys, what]) => (
              <div key={keys}>
                <dt>
                  <kbd>{keys}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section>
          <h2>A call is</h2>
          <dl>
            {CALL_STATES.map((state) => (
              <div key={state} title={stateWords(state).word}>
                <dt>
                  <StateMark state={state} />
                </dt>
                <dd>{MEANINGS[state]}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
      <button type="button" class="button" onClick={close}>
        Close
      </button>
    </dialog>
  );
}

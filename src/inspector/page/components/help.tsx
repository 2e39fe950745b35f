/** Help: keys and states, in a dialog over the page. */
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { CALL_STATE_NAMES, CALL_STATES } from '../../../api/call-state.js';
import { KEYS } from '../live/keyboard.js';
import { helpOpen } from '../live/view-state.js';
import { StateMark } from './state-mark.js';

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
            {CALL_STATE_NAMES.map((state) => (
              <div key={state} title={CALL_STATES[state].words}>
                <dt>
                  <StateMark state={state} />
                </dt>
                <dd>{CALL_STATES[state].meaning}</dd>
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

import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from './icon.js';

const SHOWN_MS = 1_500;

/** A button that copies a text to the clipboard and confirms it. */
export function CopyButton({
  text,
  label,
  testId,
}: {
  text: string;
  label: string;
  testId: string;
}): VNode {
  const [said, say] = useState<string>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say('copied');
    } catch {
      say('the browser did not allow it');
    }
    setTimeout(() => say(undefined), SHOWN_MS);
  };
  return (
    <button
      class="button"
      type="button"
      title={text}
      data-testid={testId}
      onClick={() => void copy()}
    >
      <Icon name="copy" />
      <span aria-live="polite">{said ?? label}</span>
    </button>
  );
}

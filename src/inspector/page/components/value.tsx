/** Value: a value on several lines. What is no string does not look like one. */
import type { VNode } from 'preact';
import { valuePieces } from '../store/value-text.js';

export function Value({ value, testId }: { value: unknown; testId: string }): VNode {
  return (
    <pre class="value" tabIndex={0} data-testid={testId}>
      {valuePieces(value).map(({ kind, text }, index) =>
        kind === 'plain' ? (
          text
        ) : (
          <bdi key={index} class={`value-${kind}`}>
            {text}
          </bdi>
        ),
      )}
    </pre>
  );
}

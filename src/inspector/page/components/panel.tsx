import type { ComponentChildren, VNode } from 'preact';

/** A titled part of a view. */
export function Panel(props: {
  title: string;
  children: ComponentChildren;
  action?: VNode;
  testId?: string;
  last?: boolean;
}): VNode {
  const { title, children, action, testId, last = false } = props;
  return (
    <section class={last ? 'panel panel-last' : 'panel'} data-testid={testId}>
      <h3>
        <span>{title}</span>
        {action}
      </h3>
      {children}
    </section>
  );
}

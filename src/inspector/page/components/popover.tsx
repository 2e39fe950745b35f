/** Popover: a button, and what it opens over the page. */
import type { ComponentChildren, VNode } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { Icon } from './icon.js';

interface PopoverProps {
  /** What the button says. */
  readonly label: ComponentChildren;
  /** What the opened part is. */
  readonly title: string;
  readonly testId: string;
  /** Made only while it is open. */
  readonly children: () => VNode;
}

/** The distance to the edges of the window. */
const EDGE_PX = 8;
const WIDTH_PX = 380;

export function Popover({ label, title, testId, children }: PopoverProps): VNode {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const place = () => {
    if (button.current === null || panel.current === null) return;
    const { left, bottom } = button.current.getBoundingClientRect();
    const { style } = panel.current;
    const width = Math.min(WIDTH_PX, window.innerWidth - 2 * EDGE_PX);
    const rightmost = window.innerWidth - width - EDGE_PX;
    style.width = `${width}px`;
    style.left = `${Math.max(EDGE_PX, Math.min(left, rightmost))}px`;
    style.top = `${bottom + 4}px`;
    style.maxHeight = `${window.innerHeight - bottom - 4 - EDGE_PX}px`;
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="button popover-button"
        popovertarget={id}
        aria-expanded={open}
        data-testid={testId}
      >
        {label}
        <Icon name="down" />
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        class="popover"
        role="dialog"
        aria-label={title}
        onBeforeToggle={({ newState }) => {
          setOpen(newState === 'open');
          if (newState === 'open') place();
        }}
      >
        {open && children()}
      </div>
    </>
  );
}

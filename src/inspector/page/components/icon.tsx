/** Icon: the pictures on buttons. */
import type { VNode } from 'preact';

const PATHS = {
  pause: 'M5 3v10M11 3v10',
  play: 'M5 3l8 5-8 5Z',
  step: 'M4 3l6 5-6 5ZM12 3v10',
  clear: 'M3 4.5h10M6.5 4V2.5h3V4M4.5 4.5l.6 9h5.8l.6-9',
  save: 'M8 2v8M4.8 7L8 10.2 11.2 7M3 13.5h10',
  open: 'M2 12.5V3.5h4l1.5 2H14v7ZM2 7h12',
  sun: 'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8L13 13M13 3l-1.2 1.2M4.2 11.8L3 13',
  moon: 'M13.5 9.6A6 6 0 0 1 6.4 2.5a6 6 0 1 0 7.1 7.1Z',
  help: 'M5.6 5.8a2.4 2.4 0 1 1 3.5 2.3c-.7.4-1.1.8-1.1 1.7M8 12.4v.2',
  copy: 'M5.5 5.5h8v8h-8ZM2.5 10.5v-8h8',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.4 10.4l3.4 3.4',
  back: 'M9.5 3L4.5 8l5 5',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  folded: 'M6 3.5L10.5 8 6 12.5',
  unfolded: 'M3.5 6L8 10.5 12.5 6',
  clock: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 4.8V8l2.2 1.6',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="15" height="15" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.4"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

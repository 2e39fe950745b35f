/** Sequence legend: what the arrows of the sequence picture mean. */
import type { VNode } from 'preact';

const ENTRIES = [
  { kind: 'arrow-request arrow-arrived', label: 'request' },
  { kind: 'arrow-response arrow-arrived', label: 'answer' },
  { kind: 'arrow-response arrow-arrived arrow-late', label: 'late answer' },
  { kind: 'arrow-malformed', label: 'malformed' },
  { kind: 'arrow-request arrow-lost', label: 'lost', cross: true },
  { kind: 'arrow-request arrow-refused', label: 'refused by the system', bar: true },
  { kind: 'arrow-request arrow-arrived arrow-malformed', label: 'malformed' },
  { kind: 'arrow-request arrow-sent', label: 'sent; arrival not known', open: true },
  { kind: 'arrow-repeated', label: 'sent again', badge: '↻ 2' },
  { kind: 'arrow-repeated', label: 'duplicate', badge: 'dup' },
] as const;

export function SequenceLegend(): VNode {
  return (
    <ul class="legend" aria-label="Legend">
      {ENTRIES.map((entry) => (
        <li key={entry.label}>
          <svg
            width="34"
            height="16"
            viewBox="0 0 34 16"
            aria-hidden="true"
            class={`arrow ${entry.kind}`}
          >
            {'badge' in entry ? (
              <g transform="translate(17 8)">
                <rect class="badge" x="-13" y="-7.5" width="26" height="15" rx="7.5" />
                <text class="badge-text" y="3.6">
                  {entry.badge}
                </text>
              </g>
            ) : (
              <>
                <path
                  class="arrow-line"
                  d={`M2 8H${'bar' in entry ? 14 : 'cross' in entry ? 24 : 28}`}
                />
                {'bar' in entry ? (
                  <path class="arrow-cross" d="M14 2v12" />
                ) : 'cross' in entry ? (
                  <path class="arrow-cross" d="M20 4l8 8M28 4l-8 8" />
                ) : 'open' in entry ? (
                  <path class="legend-open" d="M26 4.5L32 8l-6 3.5" />
                ) : (
                  <path class="legend-head" d="M26 4.5L32 8l-6 3.5Z" />
                )}
              </>
            )}
          </svg>
          {entry.label}
        </li>
      ))}
    </ul>
  );
}

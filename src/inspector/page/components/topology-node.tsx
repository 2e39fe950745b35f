/** Topology node: an endpoint or a peer in the picture, with its name. */
import type { VNode } from 'preact';
import { stateWords } from '../store/state-words.js';
import type { TopologyNode } from '../store/topology.js';
import type { Place } from '../store/topology-layout.js';
import { shortName } from '../store/topology-words.js';
import { MarkShape } from './state-mark.js';

interface NodeMarkProps {
  readonly node: TopologyNode;
  readonly place: Place;
  /** For those who do not see the picture. */
  readonly words: string;
  /** Below the name. */
  readonly note: string;
  readonly isSelected: boolean;
  /** The key Tab leads to it. */
  readonly isReachable: boolean;
  readonly onSelect: (key: string) => void;
}

export function NodeMark(props: NodeMarkProps): VNode {
  const { node, place, words, note, isSelected, isReachable, onSelect } = props;
  const { key, name, endpoint, trouble } = node;
  const classes = ['topology-node'];
  if (endpoint !== undefined) classes.push('topology-endpoint');
  if (trouble !== undefined) classes.push(`topology-${trouble}`);
  if (isSelected) classes.push('topology-selected');
  const condition = endpoint?.condition === 'lost' ? 'feedLost' : endpoint?.condition;
  const { mark } = stateWords(trouble === 'bad' ? 'silent' : (condition ?? 'unknown'));
  return (
    <g
      class={classes.join(' ')}
      transform={`translate(${place.x} ${place.y})`}
      role="button"
      aria-label={words}
      aria-pressed={isSelected}
      tabIndex={isReachable ? 0 : -1}
      data-testid="topology-node"
      data-node={key}
      data-trouble={trouble ?? ''}
      onFocus={({ currentTarget }) => {
        currentTarget.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        onSelect(key);
      }}
      onClick={() => onSelect(key)}
    >
      <title>{words}</title>
      {endpoint === undefined ? (
        <circle class="topology-shape" r="11" />
      ) : (
        <rect class="topology-shape" x="-12" y="-11" width="24" height="22" rx="6" />
      )}
      <svg class="topology-mark" x="-6" y="-6" width="12" height="12">
        <MarkShape mark={mark} />
      </svg>
      <text class="topology-name" y="25">
        {shortName(name)}
      </text>
      {note !== '' && (
        <text class="topology-note" y="37">
          {shortName(note)}
        </text>
      )}
    </g>
  );
}

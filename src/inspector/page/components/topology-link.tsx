/** Topology link: a line from who calls to who is called. */
import type { VNode } from 'preact';
import type { Place } from '../store/topology-layout.js';
import type { TopologyLink } from '../store/topology-links.js';
import { linkWords } from '../store/topology-words.js';

/** The distance between a line and the centre of a node. */
const RIM = 14;
/** How far a line bends, so that those of both directions are apart. */
const BEND = 0.12;

interface LinkLineProps {
  readonly link: TopologyLink;
  readonly from: Place;
  readonly to: Place;
  readonly labelled: boolean;
  /** Another node is selected, and the line does not touch it. */
  readonly faint: boolean;
}

export function LinkLine({ link, from, to, labelled, faint }: LinkLineProps): VNode {
  const { callsPerSecond, trouble, health } = link;
  const { d, label } = curve(from, to);
  const classes = ['link-line'];
  if (trouble !== undefined) classes.push(`link-${trouble}`);
  if (health === 'silent') classes.push('link-silent');
  if (faint) classes.push('link-faint');
  return (
    <g
      class={classes.join(' ')}
      data-testid="topology-link"
      data-from={link.from}
      data-to={link.to}
      data-trouble={trouble ?? ''}
    >
      <path
        d={d}
        style={{ strokeWidth: `${1 + Math.min(3, Math.log10(1 + callsPerSecond))}px` }}
        marker-end="url(#topology-head)"
      />
      {labelled && (
        <text x={label.x} y={label.y}>
          {linkWords(link)}
        </text>
      )}
    </g>
  );
}

function curve(from: Place, to: Place): { d: string; label: Place } {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  if (length === 0) {
    const { x, y } = from;
    return {
      d: `M${x - 7} ${y - 13}C${x - 30} ${y - 42} ${x + 30} ${y - 42} ${x + 7} ${y - 13}`,
      label: { x, y: y - 38 },
    };
  }
  const bend = { x: (from.x + to.x) / 2 - dy * BEND, y: (from.y + to.y) / 2 + dx * BEND };
  const [start, end] = [towards(from, bend), towards(to, bend)];
  return {
    d: `M${start.x} ${start.y}Q${bend.x.toFixed(1)} ${bend.y.toFixed(1)} ${end.x} ${end.y}`,
    label: { x: (from.x + 2 * bend.x + to.x) / 4, y: (from.y + 2 * bend.y + to.y) / 4 + 4 },
  };
}

/** The point at the rim of a node, on the way to another point. */
function towards(node: Place, point: Place): Place {
  const [dx, dy] = [point.x - node.x, point.y - node.y];
  const share = RIM / Math.max(RIM, Math.hypot(dx, dy));
  return { x: Math.round(node.x + dx * share), y: Math.round(node.y + dy * share) };
}

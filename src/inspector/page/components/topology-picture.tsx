/**
 * Topology picture: nodes, and the lines between them. A node has the focus of the keyboard; arrow
 * keys move it to the nearest one.
 */
import type { VNode } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { AnimationFrames } from '../live/animation-frames.js';
import { Arranger } from '../live/arranger.js';
import type { Topology, TopologyNode } from '../store/topology.js';
import { NODE_HEIGHT, NODE_WIDTH, TopologyLayout } from '../store/topology-layout.js';
import type { Place } from '../store/topology-layout.js';
import { linkKey } from '../store/topology-links.js';
import { stepFrom } from '../store/topology-steps.js';
import { nodeWords, troubleWords } from '../store/topology-words.js';
import { LinkLine } from './topology-link.js';
import { NodeMark } from './topology-node.js';
import { useSize } from './use-size.js';

interface TopologyPictureProps {
  readonly topology: Topology;
  readonly selected: string | undefined;
  readonly onSelect: (key: string | undefined) => void;
  /** Scaled so that all of it is seen. */
  readonly fits: boolean;
  /** When this number changes, all nodes are arranged anew. */
  readonly arrangement: number;
}

const arranger = new Arranger(new TopologyLayout(), new AnimationFrames());

/** If there are more lines, only those in trouble and those of the selected node have numbers. */
const FEW_LINKS = 14;
/** Even then, more numbers would hide the picture. */
const MAX_LABELS = 40;

export function TopologyPicture(props: TopologyPictureProps): VNode {
  const { topology, selected, onSelect, fits, arrangement } = props;
  const { nodes, links } = topology;
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(scroller);
  const { places } = arranger.layout;
  // Reading the signal draws the picture again when nodes have got places.
  const { value: arranged } = arranger.arranged;
  const kept = useRef(arrangement);
  useLayoutEffect(() => {
    if (kept.current !== arrangement) arranger.layout.forget();
    kept.current = arrangement;
    const keys = nodes.map(({ key }) => key);
    arranger.arrange(keys, links);
  }, [topology, arranged, arrangement]);
  const isDrawn = places.size > 0 && width > 0;
  useLayoutEffect(() => {
    const { current } = scroller;
    if (!isDrawn || current === null) return;
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = current;
    current.scrollTo((scrollWidth - clientWidth) / 2, (scrollHeight - clientHeight) / 2);
  }, [isDrawn, fits, arrangement]);
  const words = useMemo(
    () => new Map(nodes.map((node) => [node, wordsOf(node, topology)])),
    [topology],
  );
  const shown = nodes.filter(({ key }) => places.has(key));
  const frame = frameOf(shown, places, fits ? { width: 0, height: 0 } : { width, height });
  const isPlaced = selected !== undefined && places.has(selected);
  const atFocus = isPlaced ? selected : shown[0]?.key;
  const onKeyDown = (event: KeyboardEvent) => {
    const next = atFocus === undefined ? undefined : stepFrom(atFocus, event.key, places);
    if (next === undefined) return;
    event.preventDefault();
    const index = shown.findIndex(({ key }) => key === next);
    scroller.current?.querySelectorAll<SVGGElement>('.topology-node')[index]?.focus();
  };
  return (
    <div class={fits ? 'topology-picture topology-fits' : 'topology-picture'} ref={scroller}>
      <svg
        role="group"
        aria-label="Topology: endpoints and peers. Arrow keys move between them."
        data-testid="topology-picture"
        data-settled={shown.length === nodes.length}
        viewBox={`${frame.left} ${frame.top} ${frame.width} ${frame.height}`}
        width={fits ? '100%' : frame.width}
        height={fits ? '100%' : frame.height}
        onKeyDown={onKeyDown}
        onClick={({ target, currentTarget }) => {
          if (target === currentTarget) onSelect(undefined);
        }}
      >
        <Head />
        <Links topology={topology} places={places} selected={isPlaced ? selected : undefined} />
        {shown.map((node) => (
          <NodeMark
            key={node.key}
            node={node}
            place={places.get(node.key) ?? { x: 0, y: 0 }}
            {...(words.get(node) ?? { words: node.name, note: '' })}
            isSelected={node.key === selected}
            isReachable={node.key === atFocus}
            onSelect={onSelect}
          />
        ))}
      </svg>
    </div>
  );
}

/** What is read of a node, and what stands below its name. */
function wordsOf(node: TopologyNode, { links }: Topology): { words: string; note: string } {
  const { key, name, address } = node;
  const note = troubleWords(key, links) || (name === address ? '' : address);
  return { words: nodeWords(node, links), note };
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What the picture shows: all nodes, in the middle of at least this room. */
function frameOf(
  nodes: readonly TopologyNode[],
  places: ReadonlyMap<string, Place>,
  room: { readonly width: number; readonly height: number },
): Frame {
  const at = nodes.map(({ key }) => places.get(key) ?? { x: 0, y: 0 });
  const [xs, ys] = [at.map(({ x }) => x), at.map(({ y }) => y)];
  const [left, right] = [Math.min(0, ...xs) - NODE_WIDTH / 2, Math.max(0, ...xs) + NODE_WIDTH / 2];
  const [top, bottom] = [Math.min(0, ...ys) - NODE_HEIGHT, Math.max(0, ...ys) + NODE_HEIGHT];
  const [width, height] = [Math.max(room.width, right - left), Math.max(room.height, bottom - top)];
  return {
    left: Math.round((left + right - width) / 2),
    top: Math.round((top + bottom - height) / 2),
    width: Math.round(width),
    height: Math.round(height),
  };
}

function Head(): VNode {
  return (
    <defs>
      <marker
        id="topology-head"
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerWidth="8"
        markerHeight="8"
        markerUnits="userSpaceOnUse"
        orient="auto"
      >
        <path d="M0 .6L7.5 4 0 7.4Z" fill="context-stroke" />
      </marker>
    </defs>
  );
}

function Links(props: {
  topology: Topology;
  places: ReadonlyMap<string, Place>;
  selected: string | undefined;
}): VNode {
  const { topology, places, selected } = props;
  let labels = 0;
  const lines = topology.links.flatMap((link) => {
    const [from, to] = [places.get(link.from), places.get(link.to)];
    if (from === undefined || to === undefined) return [];
    const touches = link.from === selected || link.to === selected;
    const isTold = selected === undefined ? link.trouble !== undefined : touches;
    const labelled = (isTold || topology.links.length <= FEW_LINKS) && labels < MAX_LABELS;
    if (labelled) labels += 1;
    const faint = selected !== undefined && !touches;
    return [
      <LinkLine
        key={linkKey(link)}
        link={link}
        from={from}
        to={to}
        labelled={labelled}
        faint={faint}
      />,
    ];
  });
  // The most interesting ones are drawn over the others.
  return <g>{lines.reverse()}</g>;
}

/** Actor tree: users' actors below their parents, by program. Only the visible rows exist. */
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { openMachine } from '../live/view-state.js';
import { actorName, logicWords } from '../store/actor-names.js';
import { treeRows } from '../store/actor-tree.js';
import type { TreeRow } from '../store/actor-tree.js';
import { countOf, countText } from '../store/format.js';
import { lastStep } from '../store/machines.js';
import type { ActorState, Machines } from '../store/machines.js';
import { ActorStatus } from './actor-status.js';
import { useLiveSession } from './page-context.js';
import { VirtualList } from './virtual-list.js';

const ROW_HEIGHT = 44;
/** The indentation of a level. */
const LEVEL_WIDTH = 14;

/** The actors whose children are not shown. */
const closed = signal<ReadonlySet<string>>(new Set());

export function ActorTree({
  machines,
  shown,
}: {
  machines: Machines;
  shown: ActorState | undefined;
}): VNode {
  // What it shows changes, but is the same store.
  useLiveSession();
  const rows = treeRows(machines, closed.value);
  const at = rows.findIndex(({ actor }) => actor !== undefined && actor === shown);
  // A row that is not visible yet gets the focus when it is drawn.
  const wantsFocus = useRef(false);
  useEffect(() => {
    const row = document.getElementById(ROW_ID);
    if (!wantsFocus.current || row === null) return;
    row.focus();
    wantsFocus.current = false;
  });
  const moveTo = (index: number, step: number) => {
    for (let to = index; to >= 0 && to < rows.length; to += step) {
      const actor = rows[to]?.actor;
      if (actor === undefined) continue;
      wantsFocus.current = true;
      openMachine(actor.key);
      return;
    }
  };
  const press = (event: KeyboardEvent) => {
    const row = rows[at];
    if (row?.actor === undefined) return;
    const isClosed = closed.value.has(row.actor.key);
    if (event.key === 'ArrowDown') moveTo(at + 1, 1);
    else if (event.key === 'ArrowUp') moveTo(at - 1, -1);
    else if (event.key === 'Home') moveTo(0, 1);
    else if (event.key === 'End') moveTo(rows.length - 1, -1);
    else if (event.key === 'ArrowRight' && row.hasChildren && isClosed) toggle(row.actor);
    else if (event.key === 'ArrowLeft' && row.hasChildren && !isClosed) toggle(row.actor);
    else if (event.key === 'ArrowLeft') {
      moveTo(
        rows.findIndex(({ actor }) => actor !== undefined && actor === shown?.parent),
        1,
      );
    } else return;
    event.preventDefault();
  };
  return (
    <nav class="actors" aria-label="Actors">
      <div
        class="actor-tree"
        role="treegrid"
        aria-label="Actors"
        aria-rowcount={rows.length}
        onKeyDown={press}
      >
        <VirtualList
          count={rows.length}
          rowHeight={ROW_HEIGHT}
          label="Actors, by program"
          reveal={at}
          scrolledToTop={false}
          onScroll={() => undefined}
          row={(index) => {
            const row = rows[index];
            return row === undefined ? null : (
              <Row row={row} index={index} isShown={index === at} />
            );
          }}
        />
      </div>
      <LeftOut machines={machines} />
    </nav>
  );
}

/** The row of the actor that is shown, of which there is one. */
const ROW_ID = 'shown-actor';

function Row({ row, index, isShown }: { row: TreeRow; index: number; isShown: boolean }): VNode {
  const { program, actor, level } = row;
  if (actor === undefined) {
    const { name, processId } = program.record;
    return (
      <div class="actor-program" role="row" aria-rowindex={index + 1} aria-level={1}>
        <span role="gridcell" class="cut" title={name}>
          <b>{name}</b> <span class="muted">process {processId}</span>
        </span>
      </div>
    );
  }
  const isOpen = !closed.value.has(actor.key);
  return (
    <div
      id={isShown ? ROW_ID : undefined}
      class="actor-row"
      style={{ paddingLeft: `${(level - 2) * LEVEL_WIDTH + 6}px` }}
      role="row"
      tabIndex={isShown ? 0 : -1}
      aria-rowindex={index + 1}
      aria-level={level}
      aria-expanded={row.hasChildren ? isOpen : undefined}
      aria-selected={isShown}
      data-testid="actor"
      data-actor={actorName(actor)}
      onClick={() => openMachine(actor.key)}
    >
      <span
        role="gridcell"
        class="actor-branch"
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation();
          if (row.hasChildren) toggle(actor);
        }}
      >
        {row.hasChildren ? (isOpen ? '▾' : '▸') : ''}
      </span>
      <span role="gridcell" class="actor-name cut" title={logicWords(actor)}>
        <b>{actorName(actor)}</b>
        <span class="muted cut">{stateText(actor)}</span>
      </span>
      <span role="gridcell">
        <ActorStatus actor={actor} bare />
      </span>
    </div>
  );
}

/** The states of a machine; what other actors run. */
function stateText(actor: ActorState): string {
  const states = lastStep(actor)?.states ?? [];
  return states.length > 0 ? states.join(', ') : logicWords(actor);
}

function toggle({ key }: ActorState): void {
  const next = new Set(closed.value);
  if (!next.delete(key)) next.add(key);
  closed.value = next;
}

function LeftOut({ machines }: { machines: Machines }): VNode | null {
  let actors = 0;
  let steps = 0;
  for (const { counts } of machines.programs) {
    actors += counts?.skipped.actors ?? 0;
    steps += counts?.skipped.steps ?? 0;
  }
  if (actors + steps === 0) return null;
  return (
    <p class="actors-left-out muted" data-testid="actors-left-out">
      Too many to be shown: {countOf(actors, 'actor')}, {countText(steps)} of their steps
    </p>
  );
}

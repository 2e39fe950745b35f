/** Actor tree: the rows of the tree of users' actors. */
import type { ActorState, Machines, ProgramState } from './machines.js';

/** A row: a program, or an actor below it. */
export type TreeRow =
  | { readonly program: ProgramState; readonly actor: undefined; readonly level: 1 }
  | {
      readonly program: ProgramState;
      readonly actor: ActorState;
      readonly level: number;
      readonly hasChildren: boolean;
    };

/** How deep a tree is drawn. Deeper actors stand at this level. */
const MAX_LEVEL = 32;

/**
 * Programs, their actors, the children of these. The newest actor comes last, as in a file.
 *
 * @param closed the keys of actors whose children are not shown
 */
export function treeRows(machines: Machines, closed: ReadonlySet<string>): TreeRow[] {
  const roots = new Map<ProgramState, ActorState[]>(
    machines.programs.map((program) => [program, []]),
  );
  // The parent of an actor may have been removed.
  for (const actor of machines.actors) {
    if (actor.parent === undefined || machines.actor(actor.parent.key) !== actor.parent) {
      roots.get(actor.program)?.push(actor);
    }
  }
  const rows: TreeRow[] = [];
  const add = (actor: ActorState, level: number): void => {
    const { program, children } = actor;
    rows.push({ program, actor, level, hasChildren: children.size > 0 });
    if (closed.has(actor.key)) return;
    for (const child of children) add(child, Math.min(level + 1, MAX_LEVEL));
  };
  for (const [program, actors] of roots) {
    rows.push({ program, actor: undefined, level: 1 });
    for (const actor of actors) add(actor, 2);
  }
  return rows;
}

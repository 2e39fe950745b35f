/** Moves: between which files a reader moves who follows the functions that are entered. */
import type { SourceFunction } from './instrument.js';

/** Functions of one file that are entered one after the other. */
export interface Stay {
  readonly file: string;
  /**
   * How many times the file was entered so far, this time included. From 2 on it is a move back.
   */
  readonly visit: number;
  readonly entries: readonly SourceFunction[];
}

interface FileCount {
  readonly file: string;
  readonly entries: number;
  /** How many moves back there are to this file. */
  readonly movesBack: number;
}

interface PairCount {
  /** In alphabetical order. */
  readonly files: readonly [string, string];
  /** Moves in both directions. */
  readonly moves: number;
}

export interface Summary {
  /** How many function entries there are. */
  readonly entries: number;
  readonly files: number;
  readonly moves: number;
  readonly movesBack: number;
  /** The files with most moves back first. */
  readonly byFile: readonly FileCount[];
  /** The pairs with most moves first. */
  readonly byPair: readonly PairCount[];
}

/** Each stay begins with a move. The first move comes from the caller into `src`. */
export function staysOf(entries: readonly SourceFunction[]): readonly Stay[] {
  const visits = new Map<string, number>();
  const stays: Stay[] = [];
  let here: SourceFunction[] = [];
  for (const entry of entries) {
    if (here[0]?.file === entry.file) here.push(entry);
    else {
      here = [entry];
      stays.push({ file: entry.file, visit: increased(visits, entry.file), entries: here });
    }
  }
  return stays;
}

export function summaryOf(stays: readonly Stay[]): Summary {
  const entries = new Map<string, number>();
  const visits = new Map<string, number>();
  const pairs = new Map<string, number>();
  let before: string | undefined;
  for (const { file, ...stay } of stays) {
    increased(visits, file);
    increased(entries, file, stay.entries.length);
    if (before !== undefined) increased(pairs, [before, file].sort().join('\n'));
    before = file;
  }
  const byFile = [...entries].map(([file, count]) => {
    return { file, entries: count, movesBack: (visits.get(file) ?? 0) - 1 };
  });
  const byPair = [...pairs].map(([files, moves]) => {
    return { files: files.split('\n') as [string, string], moves };
  });
  return {
    entries: stays.reduce((sum, stay) => sum + stay.entries.length, 0),
    files: byFile.length,
    moves: stays.length,
    movesBack: stays.length - byFile.length,
    byFile: byFile.sort((a, b) => b.movesBack - a.movesBack || b.entries - a.entries),
    byPair: byPair.sort((a, b) => b.moves - a.moves),
  };
}

function increased(counts: Map<string, number>, key: string, by = 1): number {
  const count = (counts.get(key) ?? 0) + by;
  counts.set(key, count);
  return count;
}

/** Verdict: whether the game kept what it promises. */

/** What one player went through, when it has left. */
export interface Played {
  readonly name: string;
  /** The worlds that the arena made for it, and how many of these were replaced. */
  readonly told: { readonly worlds: number; readonly replaced: number };
  readonly seen: {
    readonly worlds: number;
    /** How much of what it saw was older than before. */
    readonly older: number;
    /** How many worlds had been made since the one that it saw, at most. */
    readonly behind: number;
  };
  readonly failures: readonly string[];
}

export interface GameOver {
  readonly others: readonly Played[];
  /** The one behind the slow link. */
  readonly slow: Played;
  /** The name of the one that fell silent, and of those that the arena removed. */
  readonly vanished: string;
  readonly removed: readonly string[];
}

/** A promise of the game, in words with its numbers. */
export interface Claim {
  readonly words: string;
  readonly isKept: boolean;
}

/**
 * The share of worlds that a player on a good link sees at least, also while the machine is so busy
 * that its own players answer late. On an idle one it is all but a few.
 */
const SHARE = 0.5;
/**
 * The most worlds that the slow player may be behind: those of two seconds. On its link are few of
 * them, and twice as many when answers were lost. Without this bound it is behind more and more.
 */
const MOST_BEHIND = 40;

/** Every promise of the game, and whether it was kept. */
export function verdictOf({ others, slow, vanished, removed }: GameOver): Claim[] {
  const all = [...others, slow];
  const failures = all.flatMap((played) => played.failures);
  const older = all.reduce((total, { seen }) => total + seen.older, 0);
  const least = Math.min(...others.map(shareSeen));
  const gone = removed.join(', ') || 'nobody';
  const ofSlow = `${slow.seen.worlds} of ${slow.told.worlds} worlds`;
  return [
    {
      words: `every call was answered${failures.map((one) => `; not ${one}`).join('')}`,
      isKept: failures.length === 0,
    },
    {
      words: `what arrived was newer than what was seen (${older} times older)`,
      isKept: older === 0,
    },
    {
      words: `nobody else was slowed: each saw at least ${percent(least)} of the worlds`,
      isKept: least >= SHARE,
    },
    {
      words: `the slow one saw ${ofSlow}; ${slow.told.replaced} were replaced by newer ones`,
      isKept: wasSpared(slow) && shareSeen(slow) < least,
    },
    {
      words: `what it saw was new: it was ${slow.seen.behind} worlds behind at most`,
      isKept: slow.seen.behind <= MOST_BEHIND,
    },
    {
      words: `${vanished} vanished, and the arena removed ${gone}`,
      isKept: removed.length === 1 && removed[0] === vanished,
    },
  ];
}

/** Whether it saw some, and none that a newer one had replaced. */
function wasSpared({ seen, told }: Played): boolean {
  return seen.worlds > 0 && told.replaced > 0 && seen.worlds <= told.worlds - told.replaced;
}

function shareSeen({ seen, told }: Played): number {
  return told.worlds === 0 ? 0 : seen.worlds / told.worlds;
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}

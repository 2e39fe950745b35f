/** What the session needs of the browser. It is given to it: the session itself runs anywhere. */
import type { Position } from '../store/intake.js';

export type ConnectionState = 'connecting' | 'open' | 'broken' | 'closed';

/** Whoever is told what comes over a connection to the hub. */
export interface ConnectionUser {
  /** Asked at each attempt, which ends with a change of the state; undefined: from the beginning. */
  position(): Position | undefined;
  /** A connection stands: messages that have not been applied will come again. */
  opened(): void;
  received(text: string): void;
  changed(state: ConnectionState): void;
}

/** A connection to the hub. */
export interface HubConnection {
  open(): void;
  close(): void;
}

/** When there is time to draw. */
export interface Frames {
  /** Runs it once, in the next frame. */
  next(run: () => void): void;
  /** A clock for spans of time within a frame and from frame to frame. */
  nowMs(): number;
}

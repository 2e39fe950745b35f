/**
 * Ports: what the session needs of the browser. It gets them as parameters, so that it can run
 * anywhere.
 */
import type { Position } from '../store/intake.js';

export type ConnectionState = 'connecting' | 'open' | 'broken' | 'closed';

/** Gets what comes over a connection to the hub. */
export interface ConnectionUser {
  /**
   * Asked at each attempt to connect. Undefined means: from the beginning. Each attempt ends with
   * `changed`.
   */
  position(): Position | undefined;
  /** A connection has opened. Messages that have not been applied will come again. */
  opened(): void;
  received(text: string): void;
  changed(state: ConnectionState): void;
}

/** A connection to the hub. */
export interface HubConnection {
  open(): void;
  close(): void;
}

/** Frames of drawing. */
export interface Frames {
  /** Calls `run` once, in the next frame. */
  next(run: () => void): void;
  /** A clock to measure times within a frame and between frames. */
  nowMs(): number;
}

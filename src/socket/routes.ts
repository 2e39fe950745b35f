/**
 * Routes: where the socket sends inbound frames, and who gets their fates. They are interfaces,
 * because the socket must not import the rooms that implement them.
 */
import type { Fate } from '../api/fate.js';
import type { AnswerType } from '../wire/frame-type.js';
import type { Frame } from '../wire/frame.js';

export interface Routes {
  /** Takes answers to calls. Never throws. */
  readonly answers: {
    accept(frame: Frame, type: AnswerType, host: string, port: number, atMs: number): Fate;
  };
  /** Takes requests and cancels. Never throws. */
  readonly inbox: {
    accept(frame: Frame, host: string, port: number, atMs: number): Fate;
    cancel(frame: Frame, host: string, port: number): Fate;
  };
  /** Takes probes. Never throws. */
  readonly probes: { accept(frame: Frame, host: string, port: number): Fate };
  frameSettled(fate: Fate, host: string, port: number): void;
  socketFailed(error: Error): void;
}

/** Routes: where inbound frames go, and who hears of their fate. Their ends are ports, for the rooms behind them. */
import type { Fate } from '../api/fate.js';
import type { AnswerType } from '../wire/frame-type.js';
import type { Frame } from '../wire/frame.js';

export interface Routes {
  /** Takes answers to calls. Never throws. */
  readonly answers: {
    accept(frame: Frame, type: AnswerType, host: string, port: number, atMs: number): Fate;
  };
  /** Takes requests, and what takes them back. Never throws. */
  readonly inbox: {
    accept(frame: Frame, host: string, port: number, atMs: number): Fate;
    cancel(frame: Frame, host: string, port: number): Fate;
  };
  frameSettled(fate: Fate, host: string, port: number): void;
  socketFailed(error: Error): void;
}

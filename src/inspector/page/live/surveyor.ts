/**
 * Surveyor: keeps the survey of a session up to date while somebody looks at it, in slices of time
 * that leave most of each frame to others.
 */
import { effect, signal } from '@preact/signals';
import { searchTest } from '../store/search.js';
import type { Survey, SurveyChoice } from '../store/survey.js';
import { surveyOf } from '../store/survey.js';
import type { Frames } from './ports.js';
import type { Session } from './session.js';
import { pickedEndpoints, search, timeRange } from './view-state.js';

/** Much less than a frame: records and drawing need the rest. */
const SLICE_MS = 3;
/** How long the last survey is good enough. */
const PERIOD_MS = 1_000;

export class Surveyor {
  /** The last survey; `nothing` if there was nothing to survey, undefined before the first. */
  readonly survey = signal<Survey | 'nothing' | undefined>(undefined);
  readonly #session: Session;
  readonly #frames: Frames;
  #choice: Omit<SurveyChoice, 'nowMs'> | undefined;
  #job: Generator<void, Survey | undefined> | undefined;
  #madeAtMs = -Infinity;
  #isAwake = false;

  constructor(session: Session, frames: Frames) {
    this.#session = session;
    this.#frames = frames;
  }

  /** Makes surveys until the returned function is called. A new choice is surveyed at once. */
  start(): () => void {
    this.#isAwake = true;
    const forget = effect(() => {
      const { value: text } = search;
      this.#choice = {
        goesOn: this.#session.source.value.kind === 'live',
        timeRange: timeRange.value,
        picked: pickedEndpoints.value,
        passes: text.trim() === '' ? undefined : searchTest(text),
      };
      this.#job = undefined;
      this.#madeAtMs = -Infinity;
    });
    this.#wait();
    return () => {
      this.#isAwake = false;
      this.#job = undefined;
      forget();
    };
  }

  #wait(): void {
    this.#frames.next(() => {
      if (!this.#isAwake) return;
      this.#run();
      this.#wait();
    });
  }

  #run(): void {
    const beganAtMs = this.#frames.nowMs();
    if (this.#job === undefined && beganAtMs - this.#madeAtMs < PERIOD_MS) return;
    const choice = this.#choice;
    if (choice === undefined) return;
    this.#job ??= surveyOf(this.#session.store, { ...choice, nowMs: this.#session.nowMs() });
    do {
      const { done, value } = this.#job.next();
      if (done !== true) continue;
      this.survey.value = value ?? 'nothing';
      this.#job = undefined;
      this.#madeAtMs = this.#frames.nowMs();
      return;
    } while (this.#frames.nowMs() - beganAtMs < SLICE_MS);
  }
}

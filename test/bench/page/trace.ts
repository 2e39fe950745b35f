/** Trace: what a trace of Chromium says about the main thread of a page. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** In microseconds. */
  readonly dur?: number;
  /** The CPU time within `dur`. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The milliseconds that a task of the main thread took. */
export interface Task {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export const CATEGORIES: string[] = ['toplevel'];

/** The tasks of the busiest main thread among the processes that draw pages. */
export function mainThreadTasks(trace: Buffer): Task[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: readonly TraceEvent[] };
  const threads = new Map<string, Task[]>();
  for (const { name, args, pid, tid } of traceEvents) {
    if (name === 'thread_name' && args?.name === 'CrRendererMain') threads.set(`${pid} ${tid}`, []);
  }
  for (const { name, ph, pid, tid, dur, tdur } of traceEvents) {
    if (ph !== 'X' || dur === undefined || !name.endsWith('RunTask')) continue;
    threads.get(`${pid} ${tid}`)?.push({ wallMs: dur / 1_000, cpuMs: (tdur ?? NaN) / 1_000 });
  }
  const busiest = [...threads.values()].sort((a, b) => b.length - a.length);
  return busiest[0] ?? [];
}

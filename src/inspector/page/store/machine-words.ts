/** Machine words: the events and the ends of users' actors, in words. */
import type { MachineChart } from '../../record.js';
import type { StateWords } from './state-words.js';

const WORDS: Readonly<Record<string, string>> = {
  '': 'always',
  '*': 'any other event',
  'xstate.init': 'started',
  'xstate.stop': 'stopped',
  'xstate.error': 'an action threw',
  'inspection.attached': 'found',
};

const NO_SOURCES: ReadonlyMap<string, string> = new Map();

/** The names of what a machine invokes, by the ids of the invocations. */
export function invokeSources(chart: MachineChart | undefined): ReadonlyMap<string, string> {
  const invokes = (chart?.states ?? []).flatMap((state) => state.invokes);
  return new Map(invokes.map(({ id, source }) => [id, source]));
}

/**
 * An event as people know it: XState's own events have names for machines.
 *
 * @param sources the names of what is invoked, by the ids of the invocations
 */
export function eventWords(event: string, sources = NO_SOURCES): string {
  if (Object.hasOwn(WORDS, event)) return WORDS[event] as string;
  const [, kind, rest = ''] =
    /^xstate\.(after|done\.actor|error\.actor|done\.state|snapshot)\.(.*)$/s.exec(event) ?? [];
  switch (kind) {
    case 'after': {
      const [delay = ''] = rest.split('.', 1);
      return /^\d+$/.test(delay) ? `after ${delay} ms` : `after ${delay}`;
    }
    case 'done.actor':
      return `${actorName(rest, sources)} done`;
    case 'error.actor':
      return `${actorName(rest, sources)} failed`;
    case 'snapshot':
      return `snapshot of ${actorName(rest, sources)}`;
    case 'done.state':
      return `${rest.split('.').at(-1) ?? ''} done`;
    default:
      return event;
  }
}

/** An invocation that was not named has an id such as `0.visitor.greeting`. */
function actorName(id: string, sources: ReadonlyMap<string, string>): string {
  const source = sources.get(id) ?? '';
  if (source !== '') return source;
  return /^\d+\./.test(id) ? 'invoked' : id;
}

const STATUSES: Readonly<Record<string, StateWords>> = {
  active: { mark: 'half', tone: 'busy', word: 'running' },
  done: { mark: 'full', tone: 'good', word: 'done' },
  error: { mark: 'cross', tone: 'bad', word: 'failed' },
  stopped: { mark: 'minus', tone: 'idle', word: 'stopped' },
  lost: { mark: 'slash', tone: 'bad', word: 'feed lost' },
};

/** The status of an actor. */
export function statusWords(status: string): StateWords {
  return STATUSES[status] ?? { mark: 'dotted', tone: 'idle', word: status };
}

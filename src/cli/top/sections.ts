/** Sections: what each section of the screen of `rpcudp top` shows. */
import { CALL_STATES, OUTCOME_STATES } from '../../api/call-state.js';
import type { CallState, OutcomeState } from '../../api/call-state.js';
import { ENDPOINT_STATES } from '../../api/endpoint-state.js';
import { NOTIFICATION_ENDINGS } from '../../api/notification-state.js';
import type { NotificationEnding, NotificationState } from '../../api/notification-state.js';
import type { HandlerState } from '../../handler/state.js';
import type { PeerHealth } from '../../api/health.js';
import { namesOf, rowOf } from '../../vocabulary.js';
import { printableName, quoted } from '../../legible/printable.js';
import {
  addressColumn,
  countColumn,
  nameColumn,
  numberColumn,
  optional,
  ownerColumn,
} from './columns.js';
import { framesSection } from './frames-section.js';
import { owned } from './owned.js';
import type { Owned } from './owned.js';
import { ageWords, countWords, durationWords, rateWords, shareWords } from './quantity.js';
import type { Section } from './section.js';
import { isGone } from './snapshot.js';
import type {
  CountsView,
  EndpointView,
  KnownState,
  PeerView,
  ProcedureView,
  Snapshot,
  TroubleView,
} from './snapshot.js';
import { layOut } from './table.js';
import type { Cell, Column } from './table.js';
import type { Tone } from './text.js';

const MIN_WORDS_WIDTH = 24;

const STATES: Readonly<Record<KnownState, readonly [words: string, tone: Tone]>> = {
  opening: [`◌ ${ENDPOINT_STATES.opening}`, 'plain'],
  open: [`● ${ENDPOINT_STATES.open}`, 'good'],
  draining: [`◐ ${ENDPOINT_STATES.draining}`, 'warn'],
  closing: [`◐ ${ENDPOINT_STATES.closing}`, 'warn'],
  closed: [`○ ${ENDPOINT_STATES.closed}`, 'faint'],
  lost: ['✕ feed lost', 'bad'],
  recorded: ['■ recorded', 'faint'],
};

const NOT_TELLING = ['◌', 'plain'] as const;

const HEALTHS: Readonly<Record<PeerHealth, readonly [glyph: string, tone: Tone]>> = {
  resolving: NOT_TELLING,
  unknown: NOT_TELLING,
  responsive: ['●', 'good'],
  suspect: ['◐', 'warn'],
  silent: ['○', 'bad'],
  forgotten: NOT_TELLING,
};

/** The states of troubles that are shown as warnings. */
const WARNINGS: ReadonlySet<string> = new Set<CallState | NotificationState | HandlerState>([
  'late',
  'dropped',
  'refused',
  'abandoned',
]);

const ENDPOINT_COLUMNS: readonly Column<EndpointView>[] = [
  nameColumn('ENDPOINT', ({ label }) => label),
  addressColumn('ADDRESS', ({ address }) => address),
  { heading: 'STATE', cell: stateCell, minWidth: 6 },
  numberColumn('OUT/s', ({ counts }) => rateDigits(counts?.callsMade.perSecond)),
  numberColumn('IN/s', ({ counts }) => rateDigits(counts?.requestsTaken.perSecond)),
  numberColumn('IN FLIGHT', ({ counts }) => counts?.inFlight),
  numberColumn('QUEUED', ({ counts }) => counts?.queued),
  { heading: 'RUNNING', cell: runningCell, right: true },
  optional(numberColumn('PEERS', ({ counts }) => counts?.peers)),
  optional(numberColumn('PROCESS', ({ processId }) => String(processId))),
];

const CALL_COLUMNS: readonly Column<Owned<CountsView>>[] = [
  ownerColumn('CALLS'),
  numberColumn('MADE', ({ view }) => view.callsMade.count),
  ...OUTCOME_STATES.map((state) =>
    countColumn<Owned<CountsView>>(headingOf(state), ({ view }) => view.outcomes[state]),
  ),
];

const NOTIFICATION_COLUMNS: readonly Column<Owned<CountsView>>[] = [
  ownerColumn('NOTIFICATIONS'),
  countColumn('MADE', ({ view }) => view.notificationsMade),
  numberColumn('QUEUED', ({ view }) => view.notificationsOpen),
  ...namesOf(NOTIFICATION_ENDINGS).map((ending) =>
    countColumn<Owned<CountsView>>(
      headingOfEnding(ending),
      ({ view }) => view.notifications[ending],
    ),
  ),
];

const TROUBLE_COLUMNS: readonly Column<TroubleView>[] = [
  { heading: 'AGO', cell: ({ agoMs }) => ageWords(agoMs), right: true },
  nameColumn('AT', ({ endpoint }) => endpoint),
  nameColumn('WENT WRONG', ({ procedure }) => procedure),
  {
    heading: 'WHY',
    cell: ({ state, words }) => [words, WARNINGS.has(state) ? 'warn' : 'bad'],
    minWidth: MIN_WORDS_WIDTH,
  },
  optional(addressColumn('PEER', ({ peer }) => peer)),
];

const PEER_COLUMNS: readonly Column<Owned<PeerView>>[] = [
  addressColumn('PEER', ({ view }) => view.address),
  ownerColumn('OF'),
  { heading: 'HEALTH', cell: ({ view }) => healthCell(view.health) },
  numberColumn(
    'WINDOW',
    ({ view }) => `${countWords(view.inWindow)}/${countWords(view.windowLimit)}`,
  ),
  numberColumn('MAILBOX', ({ view }) => view.queued),
  numberColumn('IN FLIGHT', ({ view }) => view.inFlight),
  numberColumn('ROUND TRIP', ({ view: { roundTripMs } }) =>
    roundTripMs === null ? undefined : durationWords(roundTripMs),
  ),
  optional(numberColumn('RUNNING', ({ view }) => view.running)),
];

const PROCEDURE_COLUMNS: readonly Column<Owned<ProcedureView>>[] = [
  nameColumn('PROCEDURE', ({ view }) => view.procedure),
  ownerColumn('OF'),
  countColumn('CALLS', ({ view }) => view.calls),
  {
    heading: headingOf('resolved'),
    cell: ({ view: { resolvedShare: share } }) => [
      shareWords(share),
      share < 0.5 ? 'bad' : 'plain',
    ],
    right: true,
  },
  outcomeColumn('rejected'),
  outcomeColumn('timedOut'),
  optional(outcomeColumn('cancelled')),
  optional(outcomeColumn('unsent')),
];

/**
 * All sections that have something to show, in the order of the screen. Each has at most `width`
 * columns and only its first `maxItems` items.
 */
export function sectionsOf(
  { endpoints, troubles }: Snapshot,
  width: number,
  maxItems: number,
): Section[] {
  const open = endpoints.filter((endpoint) => !isGone(endpoint));
  const counts = owned(endpoints, ({ counts }) => (counts === undefined ? [] : [counts]));
  const callers = counts.filter(({ view }) => view.callsMade.count > 0);
  const notifiers = counts.filter(({ view }) => view.notificationsMade.count > 0);
  const peers = owned(open, (endpoint) => endpoint.peers).sort(mostFirst(workAtHand));
  const procedures = owned(open, (endpoint) => endpoint.procedures).sort(
    mostFirst(({ calls }) => calls.count),
  );
  const section = <Row>(
    name: string,
    columns: readonly Column<Row>[],
    rows: readonly Row[],
    itemName = name,
  ): Section => {
    const { heading, rows: lines, leftOut } = layOut(columns, rows.slice(0, maxItems), width);
    return {
      name,
      heading,
      items: lines.map((line) => [line]),
      total: rows.length,
      itemName,
      leftOut,
    };
  };
  return [
    section('endpoints', ENDPOINT_COLUMNS, endpoints),
    section('calls', CALL_COLUMNS, callers, 'endpoints'),
    section('notifications', NOTIFICATION_COLUMNS, notifiers, 'endpoints'),
    framesSection(counts, width, maxItems),
    section('troubles', TROUBLE_COLUMNS, troubles),
    section('peers', PEER_COLUMNS, peers),
    section('procedures', PROCEDURE_COLUMNS, procedures),
  ].filter(({ items }) => items.length > 0);
}

function headingOf(state: OutcomeState): string {
  return CALL_STATES[state].words.toUpperCase();
}

/** `dropped.noRoom` is headed `NO ROOM`: only drops have reasons. */
function headingOfEnding(ending: NotificationEnding): string {
  const [, reason = ending] = ending.split('.');
  return reason.replace(/[A-Z]/g, ' $&').toUpperCase();
}

function outcomeColumn(state: OutcomeState): Column<Owned<ProcedureView>> {
  return numberColumn(headingOf(state), ({ view }) => view.outcomes[state]);
}

function mostFirst<View>(amountOf: (view: View) => number) {
  return (one: Owned<View>, other: Owned<View>): number =>
    amountOf(other.view) - amountOf(one.view);
}

/** Procedures that keep their slots after their deadline are added, as in `3+2`. */
function runningCell({ counts }: EndpointView): Cell {
  if (counts === undefined) return '-';
  const running = countWords(counts.running);
  return counts.overrun === 0 ? running : [`${running}+${countWords(counts.overrun)}`, 'warn'];
}

function workAtHand({ queued, inFlight, running }: PeerView): number {
  return queued + inFlight + running;
}

function stateCell({ state, error }: EndpointView): Cell {
  const [words, tone] = STATES[state];
  return error === undefined ? [words, tone] : [`${words}: ${quoted(error)}`, 'bad'];
}

function healthCell(health: string): Cell {
  const [glyph, tone] = rowOf(HEALTHS, health) ?? NOT_TELLING;
  return [`${glyph} ${printableName(health)}`, tone];
}

function rateDigits(perSecond: number | undefined): string {
  return rateWords(perSecond).replace('/s', '');
}

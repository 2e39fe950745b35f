/**
 * Reading: takes the records of an inspector and makes a snapshot of what they say. It has no
 * clock: the time is a parameter.
 */
import type { InspectionRecord, MachineRecord } from '../../inspector/record.js';
import { EndpointReading } from './endpoint-reading.js';
import { isGone } from './snapshot.js';
import type { EndpointView, Snapshot, TroubleView } from './snapshot.js';

/** The most endpoints that are kept. If there are more, a closed one is removed, or the oldest. */
const MAX_ENDPOINTS = 256;
/** The most troubles of all endpoints that a snapshot has. */
const MAX_TROUBLES = 100;

/** The records of users' own actors. */
const OF_ACTORS: ReadonlySet<InspectionRecord['type']> = new Set<MachineRecord['type']>([
  'program',
  'machine',
  'actor',
  'actor.step',
  'program.counts',
]);

export class Reading {
  /** Endpoints by key. */
  #endpoints = new Map<string, EndpointReading>();
  #forgotten = 0;

  /** Takes a record. `nowMs` is the time on the viewer's clock, in Unix milliseconds. */
  add(record: InspectionRecord, nowMs: number): void {
    const { endpoint: key, type } = record;
    const known = this.#endpoints.get(key);
    // Of users' own actors only the page tells. The end of their program has the key of no endpoint.
    if (OF_ACTORS.has(type) || (known === undefined && type === 'endpoint.closed')) return;
    const endpoint = known ?? this.#admit(key);
    endpoint.add(record, nowMs);
  }

  /** Forgets everything, because the records start again from the beginning. */
  reset(): void {
    this.#endpoints = new Map();
    this.#forgotten = 0;
  }

  snapshot(nowMs: number): Snapshot {
    const readings = [...this.#endpoints.values()];
    const views = readings.map((reading) => reading.view(nowMs));
    const ports = views.map(portIfNameless);
    const endpoints = views.map((view, index): EndpointView => {
      const port = ports[index];
      const isUnique = ports.indexOf(port) === ports.lastIndexOf(port);
      return { ...view, label: port !== undefined && isUnique ? port : view.name };
    });
    return {
      endpoints: [...endpoints.filter((view) => !isGone(view)), ...endpoints.filter(isGone)],
      troubles: readings
        .flatMap((reading, index) => troublesOf(reading, endpoints[index]?.label ?? '', nowMs))
        .sort((one, other) => one.agoMs - other.agoMs)
        .slice(0, MAX_TROUBLES),
      leftOut: {
        endpoints: this.#forgotten,
        peers: readings
          .filter((reading) => !isGone(reading))
          .reduce((total, { peersLeftOut }) => total + peersLeftOut, 0),
      },
    };
  }

  #admit(key: string): EndpointReading {
    if (this.#endpoints.size === MAX_ENDPOINTS) {
      const gone = [...this.#endpoints].find(([, known]) => isGone(known));
      const [unwanted = ''] = gone ?? [...this.#endpoints.keys()];
      this.#endpoints.delete(unwanted);
      this.#forgotten += 1;
    }
    const endpoint = new EndpointReading();
    this.#endpoints.set(key, endpoint);
    return endpoint;
  }
}

/** The port of an endpoint without a name, as in `:1234`. */
function portIfNameless({ name, address }: Omit<EndpointView, 'label'>): string | undefined {
  return name === address ? /:\d+$/.exec(address)?.[0] : undefined;
}

function troublesOf(reading: EndpointReading, label: string, nowMs: number): TroubleView[] {
  return reading.troubles().map(({ atMs, trouble: { procedure, peer, state, words } }) => ({
    endpoint: label,
    agoMs: Math.max(0, nowMs - atMs),
    procedure,
    peer,
    state,
    words,
  }));
}

/** Samples: what the processes of the soak report when they are asked. */

/** The measured process, after a forced collection. The counts are those since its start. */
export interface MeasuredSample {
  /** V8's heap. */
  readonly heapBytes: number;
  /** All memory of the process that is in RAM. */
  readonly rssBytes: number;
  /** The addresses of strangers of which a datagram arrived. */
  readonly addresses: number;
  readonly strangerDatagrams: number;
  /** Datagrams that found no room in the receive buffer, if the system tells. */
  readonly kernelDrops: number;
  readonly peersNow: number;
  readonly rememberedNow: number;
  /** How many calls to dead peers have ended. */
  readonly callsToTheDead: number;
}

/** The honest clients, since they were asked last. */
export interface HonestSample {
  /** How long each echo took that was resolved. */
  readonly latenciesMs: readonly number[];
  /** How many calls were resolved, with the right value. */
  readonly resolved: number;
  /** How many calls ended otherwise, by how they ended. */
  readonly unresolved: Readonly<Record<string, number>>;
  /** How many clients were opened. */
  readonly clients: number;
}

/** The first line of a process: where its socket is. */
export interface Listening {
  readonly port: number;
}

/** What the strangers are told: where to send, and how fast. */
export interface Attack {
  readonly port: number;
  readonly datagramsPerSecond: number;
}

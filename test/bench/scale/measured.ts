/** The results of a measurement, by column. The name of a column contains its unit. */
export type Measured = Readonly<Record<string, number>>;

/**
 * The CPU time of the whole process, garbage collection included, in microseconds for each of
 * `count`.
 */
export async function cpuMicrosEach(
  count: number,
  work: () => Promise<void> | void,
): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/**
 * Bytes of memory that `work` leaves in use, for each of `count`, in V8's heap and outside of it.
 */
export async function bytesEach(
  count: number,
  work: () => Promise<void>,
): Promise<{ heap: number; external: number }> {
  const before = memoryInUse();
  await work();
  const after = memoryInUse();
  return {
    heap: (after.heap - before.heap) / count,
    external: (after.external - before.external) / count,
  };
}

/** What is left when all garbage is collected. */
export function memoryInUse(): { heap: number; external: number } {
  if (globalThis.gc === undefined) throw new Error('Memory is measured with --expose-gc');
  // The second collection frees what the first one has finalised.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed, external };
}

/** Checks that the measured thing really happened. */
export function mustBe(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`${what}: ${found}, not ${expected}`);
}

/** Recorded page: an inspector with the records of a sample, so that each visit finds the same. */
import type { Test } from 'tap';
import { serveInspector } from 'rpcudp/inspector';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import { sampleTraffic } from '../../fixtures/inspection-records.js';

const SEED = 4;
const CALLS = 120;

/** Serves until the test ends. Returns the URL of the page. */
export async function recordedPage(
  t: Test,
  isWanted: (record: InspectionRecord) => boolean = () => true,
): Promise<string> {
  const records = sampleTraffic(SEED, CALLS).filter(isWanted);
  const inspector = await serveInspector([], { records });
  t.teardown(() => inspector.close());
  return inspector.url;
}

/**
 * Export: makes a recording file of what the store holds. It works in parts, so that the page stays
 * responsive.
 */
import type { InspectionStore } from '../store/inspection-store.js';
import { recordLines, recordsOf } from '../store/recording.js';

const RECORDS_A_PART = 2_000;

export async function exportRecording(store: InspectionStore): Promise<Blob> {
  const records = recordsOf(store);
  const parts: string[] = [];
  for (let at = 0; at < records.length; at += RECORDS_A_PART) {
    parts.push(recordLines(records.slice(at, at + RECORDS_A_PART)));
    await new Promise((resolve) => setTimeout(resolve));
  }
  return new Blob(parts, { type: 'application/x-ndjson' });
}

import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { Reading } from '../../../src/cli/top/reading.js';
import { reportLines } from '../../../src/cli/top/screen.js';
import { noNotifications } from '../../../src/api/notification-state.js';
import {
  countsRecord,
  endpointRecord,
  START_MS,
  stepRecord,
} from '../../fixtures/inspection-records.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';

function reportOf(...records: InspectionRecord[]): string {
  const reading = new Reading();
  for (const record of records) reading.add(record, record.atMs);
  return stripVTControlCharacters(reportLines(reading.snapshot(START_MS)).join('\n'));
}

t.test('notifications have a section, with a column for each way to end', async (t) => {
  const counts = countsRecord();
  const notifications = { ...noNotifications(), sent: 7, replaced: 2, 'dropped.noRoom': 3 };
  Object.assign(counts.stats, { notifications, notificationsNow: 1 });
  const report = reportOf(endpointRecord(), counts);
  t.match(
    report,
    /NOTIFICATIONS +MADE +QUEUED +SENT +REPLACED +NO ROOM +REFUSED +UNRESOLVED +CLOSED/,
  );
  t.match(report, /client +13 +-\/s +1 +7 +-\/s +2 +-\/s +3 +-\/s +0 +0 +0/);
});

t.test('records of versions without notifications show none', async (t) => {
  const report = reportOf(endpointRecord(), countsRecord());
  t.notMatch(report, /NOTIFICATIONS/);
});

t.test('one that was dropped is among the troubles', async (t) => {
  const notification: InspectionRecord = {
    ...{ type: 'notification', endpoint: 'client', seq: 1, atMs: START_MS, actor: 9 },
    ...{ transactionId: 'ab'.repeat(20), peer: '10.0.0.1:1', procedure: 'moved', args: [] },
  };
  const report = reportOf(
    endpointRecord(),
    countsRecord(),
    notification,
    stepRecord({ actor: 9, event: 'dropped', state: 'dropped', final: true, because: 'no room' }),
  );
  t.match(report, /moved +dropped: no room +10\.0\.0\.1:1/);
});

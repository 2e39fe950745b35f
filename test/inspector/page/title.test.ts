import t from 'tap';

import { startTitle } from '../../../src/inspector/page/live/title.js';
import { openPeer, openSide, search, show } from '../../../src/inspector/page/live/view-state.js';
import { failuresOf, failuresText } from '../../../src/inspector/page/store/failures.js';
import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import {
  callRecord,
  countsRecord,
  endpointRecord,
  sampleTraffic,
  transactionIdOf,
} from '../../fixtures/inspection-records.js';
import { TestHub } from './page-hub.js';

const DRAW_MS = 100;

t.test('the title names what is open, and how much fails', (t) => {
  const { stats } = countsRecord();
  const outcomes = { ...stats.outcomes, resolved: 30, timedOut: 1, cancelled: 1 };
  const hub = TestHub.open();
  let title = '';
  startTitle(hub.session, (written) => (title = written));
  show('calls');
  t.equal(title, 'Calls · rpcudp');
  hub.send([endpointRecord(), callRecord({ procedure: 'find' })]);
  hub.send([countsRecord({ stats: { ...stats, outcomes } })]);
  for (let n = 0; n < 3; n += 1) hub.frames.pass(DRAW_MS);
  t.equal(title, '3.1 % of calls failed · Calls · rpcudp');
  search.value = ' is:open ';
  t.equal(title, '3.1 % of calls failed · Calls · is:open · rpcudp');
  openSide.value = { transactionId: transactionIdOf(1), endpoint: 'client', actor: 1 };
  show('call');
  t.equal(title, '3.1 % of calls failed · find queued · rpcudp');
  openPeer.value = 'client 10.0.0.7:1234';
  show('peers');
  t.equal(title, '3.1 % of calls failed · 10.0.0.7:1234 · is:open · rpcudp');
  t.end();
});

t.test('a few failures are not none, and not all', (t) => {
  const of = 'calls';
  t.equal(failuresText({ of, failed: 0, ended: 9 }), undefined);
  t.equal(failuresText({ of, failed: 1, ended: 100_000 }), '0.1 % of calls failed');
  t.equal(failuresText({ of, failed: 99_999, ended: 100_000 }), '99.9 % of calls failed');
  t.equal(failuresText({ of, failed: 5, ended: 5 }), '100 % of calls failed');
  t.end();
});

t.test('a server alone tells of its requests, refused ones too', (t) => {
  const store = new InspectionStore();
  for (const record of sampleTraffic(4, 100)) {
    if (record.endpoint === 'server') store.apply(record);
  }
  const requests = store.endpoints.get('server')!.counts.last()!.stats.requests;
  t.match(failuresOf(store.endpoints.values()), {
    of: 'requests',
    failed: requests['failed']! + requests['unknownProcedure']!,
    ended: requests['failed']! + requests['unknownProcedure']! + requests['replied']!,
  });
  t.ok(requests['unknownProcedure']! > 0);
  t.end();
});

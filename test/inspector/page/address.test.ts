import t from 'tap';

import { startAddress } from '../../../src/inspector/page/live/address.js';
import {
  changing,
  openSide,
  search,
  show,
  timeRange,
  view,
} from '../../../src/inspector/page/live/view-state.js';
import { transactionIdOf } from '../../fixtures/inspection-records.js';

/** A browser's history. */
class TestHistory {
  entries = ['calls'];
  #at = 0;
  #moved: () => void = () => undefined;

  text(): string {
    return this.entries[this.#at] ?? '';
  }

  write(text: string, how: 'replace' | 'add'): void {
    if (how === 'add') this.#at += 1;
    this.entries = [...this.entries.slice(0, this.#at), text];
  }

  onMove(moved: () => void): void {
    this.#moved = moved;
  }

  go(by: number): void {
    this.#at += by;
    this.#moved();
  }

  /** Goes to an address that the user has written. */
  visit(text: string): void {
    this.write(text, 'add');
    this.#moved();
  }
}

const history = new TestHistory();
startAddress(history);

/** Ends the event of the browser in which something changes. */
const eventEnds = () => Promise.resolve();

t.test('what is shown is in the address, and Back goes back', async (t) => {
  search.value = 'is:failed';
  await eventEnds();
  show('call');
  await eventEnds();
  openSide.value = { transactionId: transactionIdOf(1), endpoint: 'client', actor: 7 };
  await eventEnds();
  const call = `call?search=is:failed&call=${transactionIdOf(1)}.7.client`;
  t.same(history.entries, ['calls', 'calls?search=is:failed', 'call?search=is:failed', call]);
  history.go(-2);
  t.equal(view.value, 'calls');
  t.equal(openSide.value, undefined);
  t.equal(search.value, 'is:failed');
  history.go(-1);
  t.equal(search.value, '');
  history.go(3);
  await eventEnds();
  t.match(openSide.value, { endpoint: 'client', actor: 7 });
  t.equal(history.entries.length, 4, 'going adds nothing');
  history.go(-3);
});

t.test('changes of one event are one step', async (t) => {
  const before = history.entries.length;
  history.go(before - 1);
  show('peers');
  timeRange.value = { fromMs: 1, toMs: 2 };
  await eventEnds();
  t.equal(history.entries.length, before + 1);
  t.equal(history.text(), `peers?search=is:failed&time=1-2&call=${transactionIdOf(1)}.7.client`);
});

t.test('what is typed is one step back', async (t) => {
  history.visit('calls');
  const before = history.entries.length;
  changing.value = true;
  for (const text of ['s', 'sn', 'sna']) {
    search.value = text;
    await eventEnds();
  }
  changing.value = false;
  t.equal(history.entries.length, before + 1);
  t.equal(history.text(), 'calls?search=sna');
  show('fates');
  await eventEnds();
  changing.value = true;
  search.value = 'snake';
  await eventEnds();
  changing.value = false;
  t.same(history.entries.slice(before), [
    'calls?search=sna',
    'fates?search=sna',
    'fates?search=snake',
  ]);
});

t.test('an address that says what there is not shows what there is', (t) => {
  const before = history.entries.length;
  history.visit('nowhere?sort=colour&group=mood&time=never&x=y');
  t.equal(view.value, 'overview');
  t.equal(history.text(), 'overview', 'and then says so');
  t.equal(history.entries.length, before + 1);
  t.end();
});

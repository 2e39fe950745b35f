/** Listeners that move to another emitter get its events, and can still unsubscribe. */
import t from 'tap';
import { Listeners } from '../../src/actor/listeners.js';

const fail = (error: unknown): never => {
  throw error;
};

t.test("subscriptions that moved get only the new emitter's events, and unsubscribe there", (t) => {
  const old = new Listeners<{ type: string }>(fail);
  const heir = new Listeners<{ type: string }>(fail);
  const heard: string[] = [];
  const exact = old.on('a', ({ type }) => heard.push(`exact ${type}`));
  const all = old.on('*', ({ type }) => heard.push(`all ${type}`));
  heir.on('a', ({ type }) => heard.push(`own ${type}`));
  old.moveTo(heir);
  t.ok(old.empty);
  old.emit({ type: 'a' });
  heir.emit({ type: 'a' });
  t.strictSame(heard, ['own a', 'exact a', 'all a']);
  exact.unsubscribe();
  all.unsubscribe();
  t.notOk(heir.hears('b'));
  t.ok(heir.hears('a'));
  t.end();
});

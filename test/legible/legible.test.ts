import t from 'tap';
import type { InspectionEvent } from 'xstate';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { legible } from '../../src/legible/legible.js';
import { ProcedureError } from '../../src/api/procedure-error.js';
import { openStatelyInspector } from '../fixtures/stately-inspector.js';

const SECRET = 'correct horse battery staple';

const handlers = {
  login: (_: unknown, user: { readonly name: string; readonly password: string }) => {
    if (user.name === 'nobody') throw new ProcedureError('noSuchUser', 'who?', { token: SECRET });
    return { token: SECRET, id: 2n ** 63n, key: Uint8Array.of(1, 2) };
  },
};

/** A resolved call and a rejected call, both with secrets in both directions. */
async function twoLogins(inspect: (event: InspectionEvent) => void) {
  const server = await createEndpoint({ host: '127.0.0.1', handlers, inspect });
  const client = await createEndpoint({ host: '127.0.0.1', inspect });
  const peer = client.peer(server.address);
  const resolved = peer.call('login', [{ name: 'snake', password: SECRET }]);
  const rejected = peer.call('login', [{ name: 'nobody', password: SECRET }]);
  peer.send({ type: 'call', procedure: 'login', args: [{ name: 'x', password: SECRET }] });
  await Promise.all([resolved, rejected]);
  await client.close();
  await server.close();
  return { resolved, rejected };
}

t.test("Stately's inspector shows bytes with their length, and bigints exactly", async (t) => {
  const stately = await openStatelyInspector();
  t.teardown(() => stately.close());
  const { inspect } = stately;
  const observe =
    typeof inspect === 'function' ? inspect : (event: InspectionEvent) => inspect.next?.(event);
  const { resolved, rejected } = await twoLogins(legible(observe, { mask: ['password', 'token'] }));
  await stately.flush();
  const contextOf = (sessionId: string) =>
    stately.messages('@xstate.snapshot').findLast((message) => message.sessionId === sessionId)
      ?.snapshot;
  t.match(contextOf(resolved.sessionId), {
    value: 'resolved',
    context: {
      args: [{ name: 'snake', password: '(masked)' }],
      outcome: {
        value: { token: '(masked)', id: '9223372036854775808n', key: '2 bytes: 01 02' },
      },
    },
  });
  t.match(contextOf(rejected.sessionId), {
    context: {
      outcome: {
        state: 'rejected',
        error: { code: 'noSuchUser', message: /who\?/, data: { token: '(masked)' } },
      },
    },
  });
  t.ok(stately.messages('@xstate.actor').some(({ name }) => name.startsWith('call login')));
});

t.test('a masked secret is nowhere in what an observer gets', async (t) => {
  const seen: string[] = [];
  const observer = legible(
    (event) => {
      const { actorRef, ...rest } = event;
      const { logic: _logic, ...actor } = actorRef as unknown as { logic: unknown };
      const shown = { rest, actor, snapshot: actorRef.getSnapshot() as unknown };
      const machines = new Set(['machine', '_parent', 'src', '_nodes']);
      seen.push(JSON.stringify(shown, (key, value: unknown) => (machines.has(key) ? 0 : value)));
    },
    { mask: ['password', 'token'] },
  );
  await twoLogins(observer);
  t.ok(seen.length > 30, `${seen.length} events`);
  t.ok(seen.some((text) => text.includes('(masked)')));
  const leak = seen.find((text) => text.includes(SECRET));
  t.notOk(leak);
});

/** Datagrams that arrive, but not as they were sent. */
import t from 'tap';
import type { Fate } from '../../src/index.js';
import { balance } from '../fixtures/network/books.js';
import { Lab } from '../fixtures/network/lab.js';
import { networkLab } from '../fixtures/real-parts.js';

// These tests wait for silence, and each rule of the network takes a process or two.
t.setTimeout(180_000);

/** Where nftables finds bytes of the frame: in bits, after the UDP header of eight bytes. */
const frameBytes = (from: number, count: number): string => `@th,${8 * (8 + from)},${8 * count}`;

const TYPE = `${frameBytes(0, 1)} set 0xff`;
const ID = `${frameBytes(1, 4)} set 0`;
const BODY = `${frameBytes(21, 1)} set 0xc1`;

t.test('over a path that mangles datagrams', networkLab(), async (t) => {
  const lab = await Lab.start(t);
  const { client, server } = lab;

  t.test('a mangled datagram has one fate, and settles no call but its own', async (t) => {
    const stranger = 'ip saddr set 10.77.0.99';
    const cases: readonly { what: string; mangle: string; at: typeof client; fate: Fate }[] = [
      { what: 'type', mangle: TYPE, at: server, fate: 'malformed.unknownType' },
      { what: 'type', mangle: TYPE, at: client, fate: 'malformed.unknownType' },
      { what: 'id', mangle: ID, at: client, fate: 'response.orphan' },
      { what: 'body', mangle: BODY, at: server, fate: 'malformed.reserved' },
      { what: 'body', mangle: BODY, at: client, fate: 'malformed.reserved' },
      { what: 'source', mangle: stranger, at: client, fate: 'response.wrongPeer' },
      { what: 'source port', mangle: 'udp sport set 9', at: client, fate: 'response.wrongPeer' },
      { what: 'source port', mangle: 'udp sport set 0', at: client, fate: 'badSource' },
      { what: 'source port', mangle: 'udp sport set 0', at: server, fate: 'badSource' },
    ];
    for (const { what, mangle, at, fate } of cases) {
      const name = `${what} mangled on the way to the ${at === client ? 'client' : 'server'}`;
      await lab.open();
      await lab.acquaint();
      at.rule('prerouting', `numgen inc mod 5 == 0 counter name mangled ${mangle}`);
      const ended = await lab.calls({
        procedure: 'count',
        count: 50,
        outstanding: 1,
        timeoutMs: 60,
        attempts: 1,
      });

      const { client: calls, server: serves } = await balance(t, lab);
      const late = calls.fates['response.late'];
      t.equal(at.counted('mangled'), 10);
      t.equal((at === client ? calls : serves).fates[fate], 10, name);
      t.equal(ended.filter(({ state }) => state === 'resolved').length + late, 40, name);
    }
  });

  t.test('a request whose id was mangled runs, and its answer reaches no call', async (t) => {
    await lab.open();
    await lab.acquaint();
    server.rule('prerouting', `counter name mangled ${ID}`);
    const ended = await lab.calls({ procedure: 'count', count: 1, timeoutMs: 60, attempts: 1 });

    const { client: calls, executions } = await balance(t, lab);
    t.match(ended, [{ state: 'timedOut', executed: 'maybe' }]);
    t.equal(executions.total, 1);
    t.equal(calls.fates['response.orphan'], 1);
  });
});

/** The doctor in real networks, where the peer does not answer: each diagnosis by its evidence. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t from 'tap';
import { portOf, requireDiagnosis, startDoctor, startIn } from '../../fixtures/network/doctor.js';
import { Lab, WIRE } from '../../fixtures/network/lab.js';
import { networkLab, python } from '../../fixtures/real-parts.js';

// Each waits for silence, and starts a process or two.
t.setTimeout(600_000);

/** No program of this machine listens there. */
const CLOSED_PORT = 9;
/** A local port that nobody takes by chance. */
const CHOSEN_PORT = 15_678;

t.test('where the peer does not answer', networkLab(), async (t) => {
  const lab = await Lab.start(t);
  const { client, server } = lab;
  const ask = (...words: string[]) => startDoctor(t, client, words);

  t.test('nobody listens', async (t) => {
    await lab.open();
    const doctor = ask(`${server.host}:${CLOSED_PORT}`);
    const { evidence } = await requireDiagnosis(t, doctor, 'nobodyListens');
    t.match(evidence.refusal, { errors: ['ECONNREFUSED'], localHost: client.host });
  });

  t.test('a firewall of the server swallows what is for this port', async (t) => {
    await lab.open();
    server.rule('input', `udp dport ${server.port} drop`);
    await requireDiagnosis(t, ask(server.address), 'swallowed');
  });

  t.test('a program that is no rpcudp server swallows it', async (t) => {
    await lab.open();
    const program =
      `const socket = require('node:dgram').createSocket('udp4', () => {});` +
      `socket.bind(0, '${server.host}', () => console.log('"port":' + socket.address().port));`;
    const port = await portOf(startIn(t, server, process.execPath, '-e', program));
    await requireDiagnosis(t, ask(`${server.host}:${port}`), 'swallowed');
  });

  t.test('the whole host is silent: cannot tell', async (t) => {
    await lab.open();
    server.rule('input', 'meta l4proto udp drop');
    const { diagnosis } = await requireDiagnosis(t, ask(server.address), 'cannotTell');
    t.same(diagnosis.also, []);
  });

  t.test('no host has the address: cannot tell', async (t) => {
    await lab.open();
    await requireDiagnosis(t, ask('10.77.0.9:1234'), 'cannotTell');
  });

  t.test('a firewall rejects it', async (t) => {
    await lab.open();
    server.rule('input', `udp dport ${server.port} reject with icmp type admin-prohibited`);
    await requireDiagnosis(t, ask(server.address), 'unreachable');
  });

  t.test('this machine has a firewall that forbids it, or no route', async (t) => {
    await lab.open();
    client.rule('output', `udp dport ${server.port} drop`);
    const { diagnosis } = await requireDiagnosis(t, ask(server.address), 'localRefusal');
    t.match(diagnosis.because, /EPERM/);
    client.restore();
    client.run(`ip route add prohibit ${server.host}`);
    const prohibited = await requireDiagnosis(t, ask(server.address), 'localRefusal');
    t.match(prohibited.diagnosis.because, /EACCES/);
    client.run(`ip route delete ${server.host}`);
  });

  t.test('it answers from another address', async (t) => {
    await lab.open({ host: '0.0.0.0' });
    server.run(`ip address add 10.77.0.3/24 dev ${WIRE}`);
    const doctor = ask(`10.77.0.3:${server.port}`);
    const { diagnosis } = await requireDiagnosis(t, doctor, 'answeredElsewhere');
    t.ok(diagnosis.because.includes(`${server.host}:${server.port} answered`));
  });

  t.test('connection tracking has an old entry for a local port', async (t) => {
    await lab.open();
    const chain = 'chain ip lab moved';
    client.nft(`add ${chain} { type nat hook output priority -100; }`);
    const rule = `rule ip lab moved udp dport ${server.port} dnat to`;
    // What is meant for the server goes to a host that is gone.
    client.nft(`add ${rule} 10.77.0.9`);
    const send =
      `const socket = require('node:dgram').createSocket('udp4');` +
      `const end = () => socket.close();` +
      `socket.bind(${CHOSEN_PORT}, () => socket.send('x', ${server.port}, '${server.host}', end));`;
    await startIn(t, client, process.execPath, '-e', send).exited();
    // From now on it goes to the server, but not for those who are known.
    client.nft(`flush ${chain}; add ${rule} ${server.host}`);
    const doctor = ask(server.address, '--from', String(CHOSEN_PORT));
    const { evidence } = await requireDiagnosis(t, doctor, 'conntrack');
    t.match(evidence.ports, { first: { port: CHOSEN_PORT, answered: 0 }, isChosen: true });
    // As it advises.
    client.run(`conntrack -D -p udp --orig-port-src ${CHOSEN_PORT}`);
    await requireDiagnosis(t, ask(server.address, '--from', String(CHOSEN_PORT)), 'healthy');
  });

  const { path: interpreter = '', ...ifPython } = python();

  t.test('a server of rpcudp 5.x', ifPython, async (t) => {
    await lab.open();
    const serve = (script: string, ...words: string[]) =>
      portOf(
        startIn(t, server, interpreter, '-B', resolve('test/fixtures/python', script), ...words),
      );

    const kademlia = await serve('kademlia_node.py', server.host);
    const { evidence } = await requireDiagnosis(t, ask(`${server.host}:${kademlia}`), 'oldServer');
    t.match(evidence.call, { procedure: 'stun', caller: /^10\.77\.0\.1:\d+$/ });

    const other = await serve('server.py', '0', server.host);
    const address = `${server.host}:${other}`;
    await requireDiagnosis(t, ask(address, '--call', 'echo', '5'), 'oldServer');
    const { diagnosis } = await requireDiagnosis(t, ask(address), 'swallowed');
    t.match(diagnosis.advice, /--call <procedure>/, 'which is the way to find out');
  });

  t.test('a name means several addresses, of which one is dead', async (t) => {
    await lab.open();
    const named = names(t, `${server.host} twins.test\n10.77.0.9 twins.test\n`);
    const doctor = startDoctor(t, client, [`twins.test:${server.port}`], named);
    const { evidence } = await requireDiagnosis(t, doctor, 'severalAddresses');
    t.equal(evidence.name?.addresses.length, 2);
  });

  t.test('a name means nothing', async (t) => {
    await lab.open();
    const doctor = startDoctor(t, client, ['nobody.test:1234'], names(t, ''));
    await requireDiagnosis(t, doctor, 'nameUnknown');
  });
});

/** A command that runs another one where the file of hosts has these lines. */
function names(t: { teardown(end: () => void): void }, lines: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'rpcudp-'));
  t.teardown(() => {
    rmSync(folder, { recursive: true });
  });
  const hosts = join(folder, 'hosts');
  const noServers = join(folder, 'resolv.conf');
  writeFileSync(hosts, lines);
  writeFileSync(noServers, '');
  const script =
    `mount --bind ${hosts} /etc/hosts && mount --bind ${noServers} /etc/resolv.conf && ` +
    'exec "$@"';
  return ['unshare', '--mount', 'sh', '-c', script, 'sh'];
}

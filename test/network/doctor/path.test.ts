/** The doctor in real networks, where the peer answers: how the way to it is. */
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { requireDiagnosis, startDescribing, startDoctor } from '../../fixtures/network/doctor.js';
import { Lab } from '../../fixtures/network/lab.js';
import { libfaketime, networkLab } from '../../fixtures/real-parts.js';

t.setTimeout(600_000);

/** What IPv4 and UDP put before a datagram. */
const HEADERS_BYTES = 28;

t.test('where the peer answers', networkLab(), async (t) => {
  const lab = await Lab.start(t);
  const { client, server } = lab;
  const ask = (...words: string[]) => startDoctor(t, client, words);

  t.test('nothing is wrong', async (t) => {
    await lab.open();
    const { evidence } = await requireDiagnosis(t, ask(server.address), 'healthy');
    t.match(evidence, {
      loss: { lost: 0 },
      sizes: { there: { passedBytes: 65_507 }, back: { passedBytes: 65_507 } },
      mapping: { answered: true },
    });
  });

  t.test('a server that describes itself', async (t) => {
    await lab.open();
    const address = `${server.host}:${await startDescribing(t, server)}`;
    const { evidence } = await requireDiagnosis(t, ask(address), 'healthy');
    t.match(evidence.description, {
      state: 'told',
      version: '0.1.0',
      caller: `${client.host}:${String(evidence.presence[0]?.localPort)}`,
    });
  });

  t.test('a quarter is lost', async (t) => {
    await lab.open();
    server.rule('input', 'meta l4proto udp numgen random mod 100 < 25 drop');
    const { evidence } = await requireDiagnosis(t, ask(server.address), 'lossy');
    const { low = 1, high = 0 } = evidence.loss?.rate ?? {};
    t.ok(low < 0.4 && high > 0.1, `${low} to ${high}`);
  });

  for (const [title, rule, passedBytes] of [
    ['a tunnel that loses what is longer', `ip length > ${1_200 + HEADERS_BYTES} drop`, 1_200],
    ['a firewall that drops fragments', 'ip frag-off & 0x3fff != 0 drop', 1_472],
  ] as const) {
    t.test(`${title}, to the server`, async (t) => {
      await lab.open();
      server.rule('prerouting', rule);
      const { evidence } = await requireDiagnosis(t, ask(server.address), 'sizeLimited');
      t.match(evidence.sizes, { there: { passedBytes, blockedBytes: passedBytes + 1 } });
    });

    t.test(`${title}, on the way back`, async (t) => {
      await lab.open();
      client.rule('prerouting', rule);
      const { evidence } = await requireDiagnosis(t, ask(server.address), 'sizeLimited');
      t.match(evidence.sizes, {
        there: { passedBytes: 65_507 },
        back: { passedBytes, blockedBytes: passedBytes + 1 },
      });
    });
  }

  t.test('a NAT keeps a mapping, and another loses it', async (t) => {
    await lab.open();
    const address = `${server.host}:${await startDescribing(t, server)}`;
    client.nft('add chain ip lab nat { type nat hook postrouting priority srcnat; }');
    client.nft('add rule ip lab nat meta l4proto udp masquerade to :40000-60000 random');
    const { evidence } = await requireDiagnosis(t, ask(address), 'healthy');
    t.not(
      evidence.description?.caller,
      `${client.host}:${String(evidence.presence[0]?.localPort)}`,
      'the mapping is seen',
    );

    const doctor = ask(address);
    const isOver = { value: false };
    void doctor.ended().then(() => (isOver.value = true));
    while (!isOver.value) {
      client.run('conntrack -F');
      await sleep(500);
    }
    const { diagnosis } = await requireDiagnosis(t, doctor, 'natTrouble');
    t.match(diagnosis.because, /^The server saw local port \d+ as 10\.77\.0\.1:\d+ and 10\.77/);
  });

  t.test('the process of the doctor is stopped again and again', async (t) => {
    await lab.open();
    const doctor = ask(server.address);
    const isOver = { value: false };
    void doctor.ended().then(() => (isOver.value = true));
    while (!isOver.value) {
      doctor.kill('SIGSTOP');
      await sleep(1_500);
      doctor.kill('SIGCONT');
      await sleep(500);
    }
    const { evidence } = await requireDiagnosis(t, doctor, 'localStall');
    t.equal(evidence.process.examinations, 2);
  });

  const { path: faketime = '', ...ifFaketime } = libfaketime();

  t.test('the time of day runs away', ifFaketime, async (t) => {
    await lab.open();
    const env = ['env', `LD_PRELOAD=${faketime}`, 'FAKETIME=+0 x3', 'DONT_FAKE_MONOTONIC=1'];
    const doctor = startDoctor(t, client, [server.address], env);
    const { diagnosis } = await requireDiagnosis(t, doctor, 'localStall');
    t.match(diagnosis.because, /time of day/);
  });
});

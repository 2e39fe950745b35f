import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEndpoint } from 'rpcudp';
import t from 'tap';
import { authentication } from '../../demos/sensor/authentication.js';
import { sensorContract } from '../../demos/sensor/contract.js';
import { Device } from '../../demos/sensor/device.js';
import { Durations } from '../../demos/sensor/durations.js';
import { sensorHandlers } from '../../demos/sensor/handlers.js';
import { Journal } from '../../demos/sensor/journal.js';
import { issueToken, readToken } from '../../demos/sensor/token.js';

t.test('a token is read by who issued it, until it expires', async (t) => {
  const device = { name: 'roof', expiresAtMs: 1_000 };
  const token = issueToken(device, 'secret');
  t.strictSame(readToken(token, 'secret', 999), device);
  t.throws(() => readToken(token, 'secret', 1_000), { code: 'tokenExpired' });
  t.throws(() => readToken(undefined, 'secret', 0), { code: 'tokenMissing' });
  const [name = '', expiry = '', signature = ''] = token.split('.');
  for (const forged of [
    issueToken(device, 'another secret'),
    ...['', '.', '..', 'roof', token.slice(1), token.slice(0, -1), `${token}A`, `${token}.`],
    `cellar.${expiry}.${signature}`,
    `${name}.2000.${signature}`,
    `${name}.${expiry}.`,
    `${name}.${expiry}.${'A'.repeat(43)}`,
    new Uint8Array(64),
    Buffer.from(token),
  ]) {
    t.throws(() => readToken(forged, 'secret', 0), { code: 'tokenForged' }, String(forged));
  }
});

t.test('durations are kept of names that are served, and log each way to end once', async (t) => {
  const lines: string[] = [];
  const durations = new Durations((line) => lines.push(line));
  const server = await createEndpoint({
    host: '127.0.0.1',
    use: [durations.middleware],
    handlers: { ping: () => 'pong' },
  });
  const client = await createEndpoint({ host: '127.0.0.1' });
  const peer = client.peer(server.address);
  for (const name of ['ping', 'ping', 'one', 'two', 'three']) await peer.call(name);
  await Promise.all([client.close(), server.close()]);
  const whats = ['ping done', '(unknown) unknownProcedure'];
  t.match(
    lines.map((line) => line.split(',')[0]),
    whats,
  );
  t.match(
    durations.lines(),
    whats.map((what, index) => `${what}: ${index + 2} in all, half within `),
  );
});

t.test('lines that were appended are on the disk, in order', async (t) => {
  const path = join(t.testdir(), 'journal');
  const journal = await Journal.open(path);
  const numbers = Array.from({ length: 50 }, (_, number) => String(number));
  const [first, ...others] = numbers;
  await journal.append(first!);
  t.equal(readFileSync(path, 'utf8'), '0\n');
  const appended = others.map((line) => journal.append(line));
  await journal.close();
  t.strictSame(readFileSync(path, 'utf8').trimEnd().split('\n'), numbers);
  await Promise.all(appended);
  await t.rejects(journal.append('too late'), 'which nobody is told is kept');
  t.notMatch(readFileSync(path, 'utf8'), 'too late');
});

class Gate {
  open = (): void => undefined;
  readonly passed = new Promise<void>((resolve) => (this.open = resolve));
}

t.test('a reading is answered when it is on the disk, also when the service stops', async (t) => {
  const [appended, onDisk] = [new Gate(), new Gate()];
  const lines: string[] = [];
  const server = await createEndpoint({
    host: '127.0.0.1',
    contract: sensorContract,
    use: [authentication('secret', () => 0)],
    handlers: sensorHandlers({
      append: async (line) => {
        lines.push(line);
        appended.open();
        await onDisk.passed;
      },
    }),
  });
  const token = issueToken({ name: 'roof', expiresAtMs: 1 }, 'secret');
  const device = await Device.open('roof', server.address, token);
  t.equal(await device.server.call('highest').value(), null);
  const call = device.server.call('record', [{ number: 7, celsius: 20.5 }]);
  await appended.passed;
  const drained = server.drain();
  const late = await device.server.call('record', [{ number: 8, celsius: 21 }]);
  t.match(late, { state: 'rejected', error: { code: 'closing' }, executed: 'no' });
  t.equal(call.state, 'awaiting', 'nobody is told yet');
  onDisk.open();
  t.match(await call, { state: 'resolved', value: 1 });
  await drained;
  t.strictSame(lines, ['roof 7 20.5']);
  await Promise.all([device.endpoint.close(), server.close()]);
});

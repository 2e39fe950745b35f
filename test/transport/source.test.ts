import t from 'tap';
import { isAnswerable } from '../../src/address/source.js';

t.test('an answer is sent only to a single host that can be meant', async (t) => {
  for (const host of [
    ...['10.0.0.1', '127.0.0.1', '192.0.2.255', '223.255.255.255', '240.0.0.1', '2.24.0.1'],
    ...['::1', '2001:db8::1', 'fe80::1%eth0', 'ff::1', 'fe00::ff02', '::ff02'],
  ]) {
    t.ok(isAnswerable(host, 1), host);
    t.notOk(isAnswerable(host, 0), `${host} port 0`);
  }
  for (const host of [
    ...['0.0.0.0', '224.0.0.1', '239.255.255.255', '255.255.255.255', '127.255.255.255'],
    ...['::', 'ff02::1', 'ff05::2', 'ffff:ffff::1', 'ff02::1%eth0', 'ff00::'],
  ]) {
    t.notOk(isAnswerable(host, 1), host);
  }
});

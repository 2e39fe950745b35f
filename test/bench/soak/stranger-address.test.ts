import t from 'tap';
import { strangerAddress } from './stranger-address.js';

const NUMBERS = Array.from({ length: 300_000 }, (_, number) => number);
const ADDRESSES = NUMBERS.map(strangerAddress);

t.test('each stranger has an address of its own, from which anybody may send', async (t) => {
  t.equal(new Set(ADDRESSES.map(({ host, port }) => `${host}:${port}`)).size, NUMBERS.length);
  t.strictSame(
    ADDRESSES.filter(({ host, port }) => {
      const octets = host.split('.').map(Number);
      const first = octets[0] ?? NaN;
      const isPublic = (first >= 20 && first <= 83) || first === 91;
      return !isPublic || octets.length !== 4 || port < 1_024 || port > 65_535;
    }),
    [],
  );
});

t.test('most are in networks of their own, and every eighth in the same one', async (t) => {
  const networks = new Map<string, number>();
  for (const { host } of ADDRESSES) {
    const network = host.split('.').slice(0, 3).join('.');
    networks.set(network, (networks.get(network) ?? 0) + 1);
  }
  const crowded = [...networks].filter(([, count]) => count > 16);
  t.strictSame(crowded, [['91.0.0', NUMBERS.length / 8]]);
});

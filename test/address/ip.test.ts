/** Compares what is read here with what libuv reads: the two have no code in common. */
import { BlockList, isIPv4, SocketAddress } from 'node:net';
import fc from 'fast-check';
import t from 'tap';
import { canonicalHost } from '../../src/address/address.js';
import { canonicalIpv6, ipv6Words, networkOf } from '../../src/address/ip.js';

const anyText = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.string({ unit: fc.constantFrom(...Array.from('01259afF:.')), maxLength: 40 }),
  // Changing one character gives most of the near misses.
  fc
    .tuple(
      fc.oneof(fc.ipV4(), fc.ipV6()),
      fc.nat(40),
      fc.constantFrom(...Array.from('0:.fg]/@ \n'), ''),
    )
    .map(([ip, at, character]) => ip.slice(0, at) + character + ip.slice(at + 1)),
);

/** Many of the words are zero, as in real addresses. */
const anyWords = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
  minLength: 8,
  maxLength: 8,
});
const anyIpv6 = fc.oneof(fc.ipV6(), anyWords.map(textOf));

function textOf(words: readonly number[]): string {
  return words.map((word) => word.toString(16)).join(':');
}

/** The address as libuv writes it; undefined if libuv does not accept it. */
function byLibuv(address: string, family: 'ipv4' | 'ipv6'): string | undefined {
  try {
    return new SocketAddress({ address, family }).address;
  } catch {
    return undefined;
  }
}

t.test('an IPv4 address is four decimals without leading zeros', async (t) => {
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(anyText, (text) => isIPv4(text) === (byLibuv(text, 'ipv4') === text)),
      { numRuns: 5_000 },
    );
  });
  t.notOk(['010.1.1.1', '10.1', '0x7f.0.0.1', '1.2.3.4\0', '1.2.3.4\n'].some(isIPv4));
});

t.test('it accepts the same IPv6 addresses as libuv', async (t) => {
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(anyText, (text) => {
        return (canonicalIpv6(text) === undefined) === (byLibuv(text, 'ipv6') === undefined);
      }),
      { numRuns: 5_000 },
    );
  });
  for (const text of ['::1\0', '::1]', '::1]/[::1', '::1\n', '::1%\0']) {
    t.equal(canonicalIpv6(text), undefined, JSON.stringify(text));
  }
});

t.test('the canonical form is the same address, and IPv4 if that is mapped', async (t) => {
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(anyIpv6, (ip) => {
        const canonical = canonicalIpv6(ip) ?? '';
        const written = byLibuv(ip, 'ipv6') ?? '';
        if (isIPv4(canonical)) return written === `::ffff:${canonical}`;
        // libuv also writes an IPv4 part in addresses that are not mapped.
        return written.includes('.')
          ? written === byLibuv(canonical, 'ipv6')
          : written === canonical;
      }),
      { numRuns: 1_000 },
    );
  });
  t.equal(canonicalIpv6('::ffff:7f00:1'), '127.0.0.1');
});

t.test('an address is split into its words', async (t) => {
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(anyWords, (words) => {
        const canonical = canonicalHost(textOf(words));
        // IPv4-mapped addresses have no words.
        return isIPv4(canonical) || String(ipv6Words(canonical)) === String(words);
      }),
    );
  });
  t.strictSame(ipv6Words('fe80::1%eth0'), [0xfe80, 0, 0, 0, 0, 0, 0, 1]);
});

t.test('a network is a /24 of IPv4 or a /56 of IPv6', async (t) => {
  const pair = fc.tuple(anyWords, fc.nat(7), fc.integer({ min: 0, max: 0xffff }));
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(pair, ([words, at, word]) => {
        const [one, other] = [textOf(words), textOf(words.with(at, word))];
        const network = new BlockList();
        network.addSubnet(one, 56, 'ipv6');
        return (networkOf(one) === networkOf(other)) === network.check(other, 'ipv6');
      }),
      { numRuns: 1_000 },
    );
  });
  t.equal(networkOf('10.1.2.3'), networkOf('10.1.2.255'));
  t.not(networkOf('10.1.2.3'), networkOf('10.1.3.3'));
});

import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import t from 'tap';
import { canonicalIpv6, isIpv4 } from '../../src/address/ip.js';

t.test('it accepts the same IP addresses as Node.js', async (t) => {
  const anyText = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(...Array.from('01259afF:.')), maxLength: 40 }),
    // Changing one character gives most of the near misses.
    fc
      .tuple(
        fc.oneof(fc.ipV4(), fc.ipV6()),
        fc.nat(40),
        fc.constantFrom(...Array.from('0:.fg'), ''),
      )
      .map(([ip, at, character]) => ip.slice(0, at) + character + ip.slice(at + 1)),
  );
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(anyText, (text) => {
        return (
          isIpv4(text) === isIPv4(text) && (canonicalIpv6(text) !== undefined) === isIPv6(text)
        );
      }),
      { numRuns: 5_000 },
    );
  });
});

t.test('the canonical form is the one of the URL standard', async (t) => {
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(fc.ipV6(), (ip) => {
        const canonical = canonicalIpv6(ip);
        const url = new URL(`http://[${ip}]`).hostname.slice(1, -1);
        // URLs write IPv4-mapped addresses in hexadecimal.
        return canonical === url || canonicalIpv6(url) === canonical;
      }),
      { numRuns: 1_000 },
    );
  });
});

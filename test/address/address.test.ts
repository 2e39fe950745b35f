import fc from 'fast-check';
import t from 'tap';
import {
  AddressError,
  canonicalHost,
  formatAddress,
  parseAddress,
  parseBindAddress,
} from '../../src/address/address.js';

t.test('addresses of every kind are read and written in canonical form', async (t) => {
  const table = [
    ['127.0.0.1:53', 'ipv4', '127.0.0.1', 53],
    ['0.0.0.0:1', 'ipv4', '0.0.0.0', 1],
    ['255.255.255.255:65535', 'ipv4', '255.255.255.255', 65_535],
    ['[::1]:53', 'ipv6', '::1', 53],
    ['[::]:53', 'ipv6', '::', 53],
    ['[2001:DB8:0:0:0:0:0:1]:53', 'ipv6', '2001:db8::1', 53],
    ['[2001:db8::0001:0]:53', 'ipv6', '2001:db8::1:0', 53],
    ['[1:2:3:4:5:6:7::]:53', 'ipv6', '1:2:3:4:5:6:7:0', 53],
    ['[::2:3:4:5:6:7:8]:53', 'ipv6', '0:2:3:4:5:6:7:8', 53],
    ['[FE80::1%eth0]:53', 'ipv6', 'fe80::1%eth0', 53],
    ['[fe80::1%Ethernet-2]:53', 'ipv6', 'fe80::1%Ethernet-2', 53],
    ['[::ffff:10.0.0.1]:53', 'ipv4', '10.0.0.1', 53],
    ['[::FFFF:0a00:0001]:53', 'ipv4', '10.0.0.1', 53],
    ['[0:0:0:0:0:ffff:255.255.255.255]:53', 'ipv4', '255.255.255.255', 53],
    ['[64:ff9b::10.0.0.1]:53', 'ipv6', '64:ff9b::a00:1', 53],
    ['Localhost:53', 'name', 'localhost', 53],
    ['Node-1.Example.COM:53', 'name', 'node-1.example.com', 53],
    ['_sip._udp.example.com.:53', 'name', '_sip._udp.example.com.', 53],
    ['1password.com:53', 'name', '1password.com', 53],
    ['xn--bcher-kva.example:53', 'name', 'xn--bcher-kva.example', 53],
  ] as const;
  for (const [input, kind, host, port] of table) {
    t.strictSame(parseAddress(input), { kind, host, port }, input);
  }
});

t.test('an object with host and port is read like text', async (t) => {
  t.strictSame(parseAddress({ host: '::FFFF:1.2.3.4', port: 9 }), {
    kind: 'ipv4',
    host: '1.2.3.4',
    port: 9,
  });
  t.strictSame(parseAddress({ host: 'HOST', port: 9 }), { kind: 'name', host: 'host', port: 9 });
});

/** RFC 5952 section 4.2, sentence by sentence. */
t.test('IPv6 is written as RFC 5952 says', async (t) => {
  for (const [spelling, canonical] of [
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8::ABCD', '2001:db8::abcd'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:0:0:0:0:0:0:0', '1::'],
  ] as const) {
    t.equal(canonicalHost(spelling), canonical, spelling);
  }
});

t.test('an invalid address is refused with what is wrong and what to write', async (t) => {
  const table: readonly (readonly [input: string, message: string])[] = [
    ['', `Address "" is empty; write 'host:port'`],
    ['53', `Address "53" has no host; write 'host:53'`],
    [':53', `Address ":53" has no host; write 'host:53'`],
    ['localhost', `Address "localhost" has no port; write 'localhost:port'`],
    ['127.0.0.1', `Address "127.0.0.1" has no port; write '127.0.0.1:port'`],
    ['[::1]', `Address "[::1]" has no port; write '[::1]:port'`],
    ['[::1', `Address "[::1" has no closing bracket; write '[host]:port'`],
    ['[::1]53', `Address "[::1]53" has no colon after the bracket; write '[host]:port'`],
    ['[localhost]:53', 'Address "[localhost]:53" has brackets, which are only for IPv6'],
    ['::1', `Address "::1" is IPv6 without brackets; write '[::1]:port'`],
    ['::1:53', `Address "::1:53" is IPv6 without brackets; write '[::1]:53'`],
    [
      '2001:db8::cafe',
      `Address "2001:db8::cafe" is IPv6 without brackets; write '[2001:db8::cafe]:port'`,
    ],
    [
      'udp://host:53',
      `Address "udp://host:53" has more than one colon; write 'host:port', or '[host]:port' for IPv6`,
    ],
    ['host:', 'Address "host:": port "" is not an integer from 1 to 65535'],
    ['host:0', 'Address "host:0": port "0" is not an integer from 1 to 65535'],
    ['host:053', 'Address "host:053": port "053" is not an integer from 1 to 65535'],
    ['host:65536', 'Address "host:65536": port "65536" is not an integer from 1 to 65535'],
    ['host:5e1', 'Address "host:5e1": port "5e1" is not an integer from 1 to 65535'],
    ['host: 53', 'Address "host: 53": port " 53" is not an integer from 1 to 65535'],
    ['[:::1]:53', 'Host ":::1" is not an IPv6 address'],
    ['[1:2:3:4:5:6:7]:53', 'Host "1:2:3:4:5:6:7" is not an IPv6 address'],
    ['[1:2:3:4:5:6:7:8:9]:53', 'Host "1:2:3:4:5:6:7:8:9" is not an IPv6 address'],
    ['[1:2:3:4:5:6:7:8::]:53', 'Host "1:2:3:4:5:6:7:8::" is not an IPv6 address'],
    ['[1::2::3]:53', 'Host "1::2::3" is not an IPv6 address'],
    ['[1:::2]:53', 'Host "1:::2" is not an IPv6 address'],
    [
      ':1::2:53',
      `Address ":1::2:53" has more than one colon; write 'host:port', or '[host]:port' for IPv6`,
    ],
    ['[12345::]:53', 'Host "12345::" is not an IPv6 address'],
    ['[::1.2.3]:53', 'Host "::1.2.3" is not an IPv6 address'],
    ['[1.2.3.4::]:53', 'Host "1.2.3.4::" is not an IPv6 address'],
    ['[::1%]:53', 'Host "::1%" is not an IPv6 address'],
    ['[::1%a b]:53', 'Host "::1%a b" is not an IPv6 address'],
    ['[::ffff:1.2.3.4%eth0]:53', 'Host "::ffff:1.2.3.4%eth0" is not an IPv6 address'],
    ['a b:53', 'Host "a b" is neither an IP address nor a host name'],
    ['-a.example:53', 'Host "-a.example" is neither an IP address nor a host name'],
    ['a..b:53', 'Host "a..b" is neither an IP address nor a host name'],
    ['bücher.example:53', 'Host "b?cher.example" is neither an IP address nor a host name'],
    // The Kelvin sign becomes an ASCII k in lower case.
    ['\u212Aelvin:53', 'Host "?elvin" is neither an IP address nor a host name'],
    [`${'a'.repeat(64)}:53`, `Host "${'a'.repeat(64)}" is neither an IP address nor a host name`],
    [
      `${'a.'.repeat(127)}:53`,
      `Host "${'a.'.repeat(50)}…" is neither an IP address nor a host name`,
    ],
    ['\u001b[2J\n:53', 'Host "?[2J?" is neither an IP address nor a host name'],
  ];
  for (const [input, message] of table) {
    t.throws(() => parseAddress(input), {
      name: 'AddressError',
      code: 'ERR_RPCUDP_ADDRESS',
      message,
    });
  }
});

t.test('IPv4 is four decimals and nothing else', async (t) => {
  for (const host of [
    '256.1.1.1',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.04',
    '0x7f.0.0.1',
    '0x7f000001',
    '0X7F000001',
    '2130706433',
    '127.1',
    '1.2.3.4.',
    'example.1',
    'example.0x1',
  ]) {
    t.throws(
      () => parseAddress({ host, port: 53 }),
      { message: /^Host ".*" is not an IPv4 address, which has four decimals from 0 to 255/ },
      host,
    );
  }
});

t.test('a value that is neither text nor an object is refused by name', async (t) => {
  const parse = parseAddress as (input: unknown) => unknown;
  for (const input of [undefined, null, 53, 53n, Symbol('x'), {}, [], { host: 'a' }]) {
    t.throws(() => parse(input), AddressError);
  }
  t.throws(() => parse(53), {
    message: `An address must be 'host:port' or { host, port }, not number`,
  });
  t.throws(() => parse({ host: 'a', port: '53' }), {
    message:
      'An address must have a host of type string and a port of type number, not string and string',
  });
  for (const port of [0, -1, 1.5, NaN, Infinity, 65_536]) {
    t.throws(() => parseAddress({ host: 'a', port }), {
      message: `Port ${port} of host "a" is not an integer from 1 to 65535`,
    });
  }
  t.ok(new AddressError() instanceof TypeError);
});

t.test('a local address may have port 0, and must not be a name', async (t) => {
  t.strictSame(parseBindAddress({ host: '::FFFF:1.2.3.4', port: 0 }), { host: '1.2.3.4', port: 0 });
  t.throws(() => parseBindAddress({ host: 'localhost', port: 0 }), {
    message: 'Cannot bind to the name "localhost"; write an IP address',
  });
  t.throws(() => parseBindAddress({ host: '::1', port: 65_536 }), {
    message: 'Local port 65536 is not an integer from 0 to 65535',
  });
});

const anyPort = fc.integer({ min: 1, max: 65_535 });
const anyScope = fc.constantFrom('', '%eth0', '%7');
const anyWords = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
  minLength: 8,
  maxLength: 8,
});

t.test('a formatted address is read back the same', async (t) => {
  const anyHost = fc.oneof(
    fc.ipV4(),
    fc.tuple(fc.ipV6(), anyScope).map(([ip, scope]) => (isMapped(ip) ? ip : ip + scope)),
    fc.domain(),
  );
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(anyHost, anyPort, (host, port) => {
        const parsed = parseAddress({ host, port });
        const text = formatAddress(parsed);
        const again = parseAddress(text);
        return again.kind === parsed.kind && again.host === parsed.host && again.port === port;
      }),
      { numRuns: 200 },
    );
  });
});

function isMapped(ip: string): boolean {
  return !canonicalHost(ip).includes(':');
}

t.test('all spellings of an IPv6 address give the same address', async (t) => {
  const spelling = (words: readonly number[], choices: readonly number[], compress: number) => {
    const parts = words.map((word, index) => {
      const hex = word.toString(16).padStart(((choices[index] ?? 0) % 4) + 1, '0');
      return (choices[index] ?? 0) % 2 ? hex.toUpperCase() : hex;
    });
    if (words[compress] !== 0) return parts.join(':');
    let end = compress;
    while (end < 8 && words[end] === 0) end += 1;
    return `${parts.slice(0, compress).join(':')}::${parts.slice(end).join(':')}`;
  };
  const anyChoices = fc.array(fc.nat(7), { minLength: 8, maxLength: 8 });
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(anyWords, anyChoices, fc.nat(7), anyScope, (words, choices, compress, scope) => {
        const plain = words.map((word) => word.toString(16)).join(':');
        const mapped = isMapped(plain);
        const full = mapped ? plain : plain + scope;
        const other = spelling(words, choices, compress) + (mapped ? '' : scope);
        return canonicalHost(full) === canonicalHost(other);
      }),
    );
  });
  t.equal(canonicalHost('::ffff:1.2.3.4'), canonicalHost('0:0::FFFF:102:304'));
});

t.test('any text is either read or refused with an AddressError', async (t) => {
  const anyText = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcfxF:.[]%-_ /')), maxLength: 60 }),
  );
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          const parsed = parseAddress(text);
          return formatAddress(parseAddress(formatAddress(parsed))) === formatAddress(parsed);
        } catch (error) {
          return error instanceof AddressError && error.message.length < 400;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

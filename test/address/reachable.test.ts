/** Addresses that cannot be called are refused where they are given. */
import t from 'tap';
import { AddressError, parseAddress } from '../../src/address/address.js';
import { reachable, requireReachable } from '../../src/address/reachable.js';
import { inWorld } from '../fixtures/world.js';

const LOCAL = { host: '10.0.0.1', port: 1000 };

const REFUSED: readonly (readonly [why: string, address: string, message: RegExp])[] = [
  [
    'any IPv4 address',
    '0.0.0.0:53',
    /^0\.0\.0\.0:53 stands for .*; write 127\.0\.0\.1:53 or \[::1\]:53/,
  ],
  ['any IPv6 address', '[::]:53', /^\[::\]:53 stands for every address of a machine/],
  ['any, mapped', '[::ffff:0.0.0.0]:53', /^0\.0\.0\.0:53 stands for every address of a machine/],
  ['broadcast', '255.255.255.255:53', /^255\.255\.255\.255:53 stands for many machines/],
  ['broadcast here', '127.255.255.255:53', /stands for many machines/],
  ['the first multicast address', '224.0.0.0:53', /^224\.0\.0\.0:53 stands for many machines/],
  ['the last multicast address', '239.255.255.255:53', /stands for many machines/],
  ['multicast, mapped', '[::ffff:224.0.0.1]:53', /^224\.0\.0\.1:53 stands for many machines/],
  ['IPv6 multicast', '[ff02::1]:53', /^\[ff02::1\]:53 stands for many machines/],
  ['IPv6 multicast of a link', '[FF02::1%eth0]:53', /^\[ff02::1%eth0\]:53 stands for many/],
  [
    'the first link-local address',
    '[fe80::]:53',
    /^\[fe80::\]:53 is on the link of .*fe80::%eth0$/,
  ],
  ['a link-local address', '[FE80::1]:53', /^\[fe80::1\]:53 is on the link of one interface/],
  ['the last link-local address', '[febf:ffff::1]:53', /name it: febf:ffff::1%eth0$/],
  [
    'a zone of a global address',
    '[2001:DB8::1%eth0]:53',
    /^\[2001:db8::1%eth0\]:53 has a zone, but only .*; write \[2001:db8::1\]:53$/,
  ],
  ['a zone of the loopback address', '[::1%lo]:53', /write \[::1\]:53$/],
  ['a zone just below link-local', '[fe7f::1%eth0]:53', /write \[fe7f::1\]:53$/],
];

const ACCEPTED = [
  '10.0.0.2:53',
  '127.0.0.1:53',
  '223.255.255.255:53',
  '240.0.0.1:53',
  '255.255.255.254:53',
  '[::1]:53',
  '[fe80::1%eth0]:53',
  '[fe7f::1]:53',
  '[fec0::1]:53',
  '[fd00::ff02]:53',
  'localhost:53',
];

t.test('an address that cannot answer is refused, with the reason', async (t) => {
  for (const [why, address, message] of REFUSED) {
    const parsed = parseAddress(address);
    t.throws(
      () => {
        requireReachable(parsed, LOCAL, 0);
      },
      AddressError,
      why,
    );
    t.throws(
      () => {
        requireReachable(parsed, LOCAL, 0);
      },
      { message, code: 'ERR_RPCUDP_ADDRESS' },
    );
  }
});

t.test('every other address is accepted', async (t) => {
  for (const address of ACCEPTED) {
    t.doesNotThrow(() => {
      requireReachable(parseAddress(address), LOCAL, 0);
    }, address);
  }
});

t.test('an endpoint of one IP version refuses addresses of the other, but no names', async (t) => {
  const reach = (address: string, family: 4 | 6) => () => {
    requireReachable(parseAddress(address), LOCAL, family);
  };
  t.doesNotThrow(reach('10.0.0.2:53', 4));
  t.doesNotThrow(reach('[fd00::1]:53', 6));
  t.doesNotThrow(reach('localhost:53', 4));
  t.doesNotThrow(reach('localhost:53', 6));
  t.throws(reach('[fd00::1]:53', 4), {
    message: '[fd00::1]:53 cannot be reached from 10.0.0.1:1000, which speaks IPv4',
  });
  t.throws(reach('[::ffff:10.0.0.2]:53', 6), {
    message: '10.0.0.2:53 cannot be reached from 10.0.0.1:1000, which speaks IPv6',
  });
});

t.test('the index of a zone becomes its name, and a zone that does not exist is refused', (t) => {
  const zones: Readonly<Record<string, string>> = { eth0: 'eth0', '2': 'eth0' };
  const zoneName = (zone: string): string | undefined => zones[zone];
  const from = { address: LOCAL, family: 0, zoneName } as const;
  for (const zone of ['2', 'eth0']) {
    t.strictSame(reachable(parseAddress(`[FE80::1%${zone}]:53`), from), {
      kind: 'ipv6',
      host: 'fe80::1%eth0',
      port: 53,
    });
  }
  for (const zone of ['3', 'eth1', 'eth0.7', '02']) {
    t.throws(() => reachable(parseAddress(`[fe80::1%${zone}]:53`), from), {
      code: 'ERR_RPCUDP_ADDRESS',
      message: new RegExp(`^\\[fe80::1%${zone}\\]:53 is on a link that this machine does not have`),
    });
  }
  for (const address of ['10.0.0.2:53', '[fd00::1]:53', 'localhost:53']) {
    t.strictSame(reachable(parseAddress(address), from), parseAddress(address));
  }
  const unknowing = { ...from, zoneName: undefined };
  t.equal(reachable(parseAddress('[fe80::1%7]:53'), unknowing).host, 'fe80::1%7');
  t.end();
});

t.test(
  'an endpoint refuses them before it knows a peer, in whatever form they are given',
  inWorld(async (t, world) => {
    const client = await world.endpoint();
    for (const [why, address] of REFUSED) {
      t.throws(() => client.peer(address), AddressError, why);
      const { host, port } = parseAddress(address);
      t.throws(() => client.peer({ host, port }), AddressError, why);
    }
    t.match(client.stats(), { peersNow: 0, attempted: 0 });
  }),
);

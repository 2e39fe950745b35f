import t from 'tap';
import { MAX_PAYLOAD_BYTES, udpPacket } from '../../../src/inspector/capture/ip-packet.js';

t.test('an IPv4 packet follows RFC 791 and RFC 768, byte for byte', (t) => {
  const from = { host: '192.0.2.1', port: 5678 };
  const packet = udpPacket(from, { host: '198.51.100.2', port: 1234 }, Buffer.from('abc'));
  t.equal(
    packet.toString('hex'),
    [
      ...['45', '00', '001f', '0000', '4000', '40', '11', '4e97', 'c0000201', 'c6336402'],
      ...['162e', '04d2', '000b', '343e', '616263'],
    ].join(''),
  );
  t.end();
});

t.test('an IPv6 packet follows RFC 8200, with the checksum that it must have', (t) => {
  const from = { host: '2001:db8::1', port: 5678 };
  const packet = udpPacket(from, { host: 'fe80::2:3%eth0', port: 1234 }, Buffer.from('abcd'));
  t.equal(
    packet.toString('hex'),
    [
      ...['60000000', '000c', '11', '40', '20010db8000000000000000000000001'],
      ...['fe800000000000000000000000020003', '162e', '04d2', '000c', 'f3cf', '61626364'],
    ].join(''),
  );
  t.end();
});

t.test('the checksums of any packet add up', (t) => {
  const hosts = [
    ['127.0.0.1', '255.255.255.255'],
    ['0.0.0.0', '10.0.0.1'],
    ['::', '::1'],
    ['1:2:3:4:5:6:7:8', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ] as const;
  for (const [from, to] of hosts) {
    for (const length of [0, 1, 2, 255, 65_507]) {
      const payload = Buffer.alloc(length, 0xff);
      const packet = udpPacket({ host: from, port: 65_535 }, { host: to, port: 1 }, payload);
      const isV4 = from.includes('.');
      const header = packet.subarray(0, isV4 ? 20 : 40);
      const udp = packet.subarray(header.length);
      const about = `${from} to ${to}, ${length} bytes`;
      if (isV4) t.equal(sumOf(header), 0xffff, about);
      t.equal(isV4 ? packet.readUInt16BE(2) : 40 + packet.readUInt16BE(4), packet.length, about);
      t.equal(udp.readUInt16BE(4), udp.length, about);
      const pseudo = Buffer.alloc(4);
      pseudo.writeUInt16BE(17, 0);
      pseudo.writeUInt16BE(udp.length, 2);
      t.equal(sumOf(Buffer.concat([header.subarray(isV4 ? 12 : 8), pseudo, udp])), 0xffff, about);
      t.not(udp.readUInt16BE(6), 0, 'zero would say that there is no checksum');
    }
  }
  t.end();
});

t.test('a checksum of zero is written as 0xffff', (t) => {
  const from = { host: '0.0.0.0', port: 0xffff };
  // 17 + 10 from the pseudo-header, 10 from the length: the payload brings the sum to 0xffff.
  const packet = udpPacket(from, { host: '0.0.0.0', port: 0 }, Buffer.of(0xff, 0xff - 17 - 20));
  t.equal(packet.readUInt16BE(26), 0xffff);
  t.end();
});

t.test('what no packet can carry throws', (t) => {
  const v4 = { host: '127.0.0.1', port: 1 };
  t.throws(() => udpPacket(v4, v4, Buffer.alloc(MAX_PAYLOAD_BYTES + 1)), {
    name: 'RangeError',
    message: /^The datagram has 65508 bytes; the most over IPv4 is 65507$/,
  });
  t.throws(() => udpPacket(v4, { host: '::1', port: 1 }, Buffer.alloc(1)), {
    name: 'RangeError',
    message: /from 127\.0\.0\.1 to ::1/,
  });
  t.end();
});

/** In one's complement, as in RFC 1071. */
function sumOf(bytes: Buffer): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 2) {
    sum += (bytes[index]! << 8) + (bytes[index + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

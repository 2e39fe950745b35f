import t from 'tap';
import { createEndpoint } from '../../../src/index.js';
import type { Endpoint } from '../../../src/index.js';
import { formatAddress } from '../../../src/address/address.js';
import { Capture } from '../../../src/inspector/capture/capture.js';
import { recordEndpoint } from '../../../src/inspector/recorder/recorder.js';
import type { InspectionRecord, RecordOf } from '../../../src/inspector/record.js';
import { udpTransport } from '../../../src/transport/udp.js';
import { typeOfByte } from '../../../src/wire/frame-type.js';
import { ipv6 } from '../../fixtures/real-ipv6.js';
import { RawPeer, request } from '../../fixtures/raw-peer.js';
import { tshark } from '../../fixtures/real-parts.js';
import { dissect } from './tshark.js';

// Endpoints talk over loopback and are recorded. Wireshark must read in the capture what they
// recorded.

const { skip } = tshark();
const options = skip === undefined ? {} : { skip };
const HANDLERS = {
  sayhi: (_scope: unknown, name: string) => `Hello ${name}`,
  add: (_scope: unknown, one: number, other: number) => one + other,
  boom: () => {
    throw new Error('no such luck');
  },
};

const FIELDS = [
  ...(['frame.number', 'frame.interface_name', 'frame.p2p_dir', 'frame.comment'] as const),
  ...(['ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst', 'udp.srcport', 'udp.dstport'] as const),
  ...(['ip.checksum.status', 'udp.checksum.status', 'rpcudp.type', 'rpcudp.id'] as const),
  ...(['rpcudp.procedure', 'rpcudp.args', 'rpcudp.value', 'rpcudp.error.code'] as const),
  ...(['rpcudp.attempt', 'rpcudp.malformed', 'rpcudp.request_in', 'rpcudp.response_in'] as const),
  ...(['rpcudp.retransmission_of', 'rpcudp.time', 'frame.time_epoch'] as const),
] as const;

type Packet = Readonly<Record<(typeof FIELDS)[number], readonly string[]>>;

t.test('Wireshark reads in a capture what both endpoints recorded', options, async (t) => {
  const { records, client, server, peer } = await openPair(t, '127.0.0.1');
  t.equal(await peer.call('sayhi', ['Snake']).value(), 'Hello Snake');
  await peer.call('boom');
  await peer.call('missing');
  await Promise.all(Array.from({ length: 20 }, (_, index) => peer.call('add', [index, 1])));
  await Promise.all([client.close(), server.close()]);

  const packets = readBack(t, records);
  t.same(
    packets.flatMap((packet) => packet['rpcudp.malformed']),
    [],
  );
  t.ok(
    packets.some((packet) => packet['rpcudp.type'][0] === '0x04'),
    'some were bundles',
  );
  agree(t, packets, records);

  const values = packets.flatMap((packet) => packet['rpcudp.value']);
  const calls = records.filter((record) => record.type === 'step' && record.outcome !== undefined);
  const recorded = (calls as RecordOf<'step'>[]).flatMap(({ outcome }) =>
    outcome?.['state'] === 'resolved' ? [JSON.stringify(outcome['value'])] : [],
  );
  // Each value is there twice: sent by one endpoint, received by the other.
  t.same(values.toSorted(), [...recorded, ...recorded].toSorted());
  t.same(
    [...new Set(packets.flatMap((packet) => packet['rpcudp.error.code']))],
    ['handlerFailed', 'unknownProcedure'],
  );
});

t.test('a request and its answer refer to each other at either end', options, async (t) => {
  const { records, client, server, peer } = await openPair(t, '127.0.0.1');
  await peer.call('sayhi', ['Snake']);
  await Promise.all([client.close(), server.close()]);
  const packets = readBack(t, records);
  t.equal(packets.length, 4);
  for (const name of ['client', 'server']) {
    const [asked, answered] = packets.filter(
      (packet) => packet['frame.interface_name'][0] === name,
    );
    t.same(asked?.['rpcudp.response_in'], answered?.['frame.number'], name);
    t.same(answered?.['rpcudp.request_in'], asked?.['frame.number'], name);
    const elapsed =
      Number(answered?.['frame.time_epoch'][0]) - Number(asked?.['frame.time_epoch'][0]);
    t.ok(Math.abs(Number(answered?.['rpcudp.time'][0]) - elapsed) < 2e-6, name);
    t.same(asked?.['rpcudp.retransmission_of'], [], 'an arrival is not a retransmission');
  }
});

t.test('a retransmission is recognised', options, async (t) => {
  const records: InspectionRecord[] = [];
  const client = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => client.close());
  recordEndpoint(client, (record) => records.push(record), { name: 'client' });
  const silent = await openRawPeer(t);
  const call = client.peer(silent.address).call('sayhi', ['Snake'], { attempts: 2 });
  await new Promise<void>((resolve) => {
    const received = silent.datagramReceived.bind(silent);
    silent.datagramReceived = (...arrival) => {
      received(...arrival);
      if (silent.received.length === 2) resolve();
    };
  });
  silent.answer(1, 'at last');
  t.match(await call, { state: 'resolved', attempts: 2 });
  await client.close();
  const [first, second, answer] = readBack(t, records);
  t.same(
    [first, second].map((packet) => packet?.['rpcudp.attempt']),
    [['1'], ['2']],
  );
  t.same(second?.['rpcudp.retransmission_of'], first?.['frame.number']);
  t.same(answer?.['rpcudp.request_in'], first?.['frame.number']);
  t.same(first?.['rpcudp.response_in'], answer?.['frame.number']);
});

t.test('it reads what an old peer sends, and marks what is not rpcudp', options, async (t) => {
  const { records, client, server } = await openPair(t, '127.0.0.1');
  const old = await openRawPeer(t);
  const settled = untilFrames(server, 3);
  old.send(request(7, 'sayhi', 'Python'), server.address);
  old.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'), server.address);
  old.send(Buffer.concat([Buffer.of(1), Buffer.alloc(20, 9), Buffer.of(0xc1)]), server.address);
  await settled;
  await Promise.all([client.close(), server.close()]);
  const packets = readBack(t, records);
  const [asked, answered] = packets.filter((packet) => packet['rpcudp.id'][0] === '07'.repeat(20));
  t.same(asked?.['rpcudp.args'], ['["Python"]']);
  t.same(asked?.['rpcudp.attempt'], [], 'it has no header map');
  t.same(answered?.['rpcudp.value'], ['"Hello Python"']);
  t.same(
    packets.flatMap((packet) => packet['rpcudp.malformed']),
    ['tooShort', 'reserved'],
  );
  agree(t, packets, records);
});

t.test('it is the same over IPv6', { ...options, ...ipv6() }, async (t) => {
  const { records, client, server, peer } = await openPair(t, '::1');
  await peer.call('sayhi', ['Snake']);
  await Promise.all([client.close(), server.close()]);
  const packets = readBack(t, records);
  t.equal(packets.length, 4);
  t.same(
    packets.map((packet) => packet['ipv6.src'][0]),
    ['::1', '::1', '::1', '::1'],
  );
  agree(t, packets, records);
});

/** Two endpoints that know each other and are recorded. */
async function openPair(t: Tap, host: string) {
  const records: InspectionRecord[] = [];
  const open = async (name: string): Promise<Endpoint<typeof HANDLERS>> => {
    const endpoint = await createEndpoint({
      host,
      handlers: HANDLERS,
      onError: () => undefined,
    });
    t.teardown(() => endpoint.close());
    recordEndpoint(endpoint, (record) => records.push(record), { name });
    return endpoint;
  };
  const client = await open('client');
  const server = await open('server');
  return { records, client, server, peer: client.peer(server.address) };
}

async function openRawPeer(t: Tap): Promise<RawPeer> {
  const transport = udpTransport({ host: '127.0.0.1', port: 0 });
  t.teardown(() => transport.close());
  const peer = new RawPeer(transport);
  await peer.open();
  return peer;
}

function untilFrames(endpoint: Endpoint, count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    endpoint.on('frame.settled', () => {
      left -= 1;
      if (left === 0) setImmediate(resolve);
    });
  });
}

function readBack(t: Tap, records: readonly InspectionRecord[]): Packet[] {
  const capture = new Capture('test');
  for (const record of records) capture.add(record);
  return dissect(t, capture, FIELDS, { ports: capture.summary().ports });
}

/** For each packet, Wireshark must show what was recorded. */
function agree(t: Tap, packets: readonly Packet[], records: readonly InspectionRecord[]): void {
  const opened = records.filter((record) => record.type === 'endpoint');
  const endpoints = new Map(opened.map((record) => [record.endpoint, record]));
  const datagrams = records
    .filter((record) => record.type === 'datagram')
    .toSorted((one, other) => one.atMs - other.atMs);
  t.equal(packets.length, datagrams.length);
  for (const [index, datagram] of datagrams.entries()) {
    const packet = packets[index]!;
    const { name = '', address = '' } = endpoints.get(datagram.endpoint) ?? {};
    const out = datagram.direction === 'out';
    const [from, to] = out ? [address, datagram.peer] : [datagram.peer, address];
    const end = (which: 'src' | 'dst'): string => {
      const host = packet[`ip.${which}`][0] ?? packet[`ipv6.${which}`][0] ?? '';
      return formatAddress({ host, port: Number(packet[`udp.${which}port`][0]) });
    };
    const frames = datagram.frames.filter(({ type }) => type !== undefined);
    const types = packet['rpcudp.type']
      .map((byte) => typeOfByte(Number(byte)))
      .filter((type) => type !== undefined && type !== 'bundle');
    const ids = packet['rpcudp.id'].slice(datagram.bundle ? 1 : 0);
    if (frames.length === 0) continue;
    t.strictSame(
      {
        interface: packet['frame.interface_name'],
        direction: packet['frame.p2p_dir'],
        from: end('src'),
        to: end('dst'),
        checksum: packet['udp.checksum.status'],
        types,
        ids,
      },
      {
        interface: [name],
        direction: [out ? '0' : '1'],
        from,
        to,
        checksum: ['1'],
        types: frames.map(({ type }) => type),
        ids: frames.map(({ transactionId }) => transactionId),
      },
    );
    for (const { fate } of datagram.frames) {
      if (fate !== undefined) t.ok(packet['frame.comment'][0]?.includes(fate), fate);
    }
  }
}

type Tap = Parameters<typeof dissect>[0];

/** Ill transports: they carry datagrams as a bad network, or a host with two addresses, does. */
import type { Transport } from 'rpcudp';
import type { SeededRandom } from 'rpcudp/testing';

/** Loses this share of what is sent, and nothing of what arrives. The kernel knows of no loss. */
export function losingWhatIsSent(
  transport: Transport,
  random: SeededRandom,
  share: number,
): Transport {
  return changed(transport, (datagram, host, port, done) => {
    if (random.unit() < share) queueMicrotask(() => done(null));
    else transport.send(datagram, host, port, done);
  });
}

/** Is asked at one address, and sends from another, as a server with several addresses may. */
export function sendingFrom(other: Transport, transport: Transport): Transport {
  const sending = changed(transport, (datagram, host, port, done) => {
    other.send(datagram, host, port, done);
  });
  return {
    ...sending,
    open: async (receiver) => {
      await other.open(receiver);
      return await transport.open(receiver);
    },
    close: async () => {
      await Promise.all([transport.close(), other.close()]);
    },
  };
}

function changed(transport: Transport, send: Transport['send']): Transport {
  return {
    family: transport.family,
    open: (receiver) => transport.open(receiver),
    send,
    close: () => transport.close(),
  };
}

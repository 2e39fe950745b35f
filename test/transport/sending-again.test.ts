import { createSocket } from 'node:dgram';
import t from 'tap';
import { sendingAgain } from '../../src/transport/sending-again.js';

/** Sends one datagram where the first `refusals` are answered for earlier ones. */
async function sendAfter(refusals: number, code = 'ECONNREFUSED') {
  const socket = createSocket('udp4');
  let sends = 0;
  const refused = Object.assign(new Error(code), { code });
  Object.assign(socket, {
    send: (_datagram: unknown, _port: unknown, _host: unknown, done: (e: Error | null) => void) => {
      sends += 1;
      if (sends > 10) throw new Error('closed');
      done(sends <= refusals ? refused : null);
    },
  });
  const error = await new Promise((resolve) => {
    sendingAgain(socket).send(Buffer.of(1), 9, '127.0.0.1', resolve);
  });
  socket.close();
  return { sends, error };
}

t.test('a datagram is sent again when the error is of an earlier one', async (t) => {
  t.strictSame(await sendAfter(0), { sends: 1, error: null });
  t.strictSame(await sendAfter(3), { sends: 4, error: null });
  t.match(await sendAfter(9), { sends: 4, error: { code: 'ECONNREFUSED' } });
  t.match(await sendAfter(1, 'ENETUNREACH'), { sends: 1, error: { code: 'ENETUNREACH' } });
});

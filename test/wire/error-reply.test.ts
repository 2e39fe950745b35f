import t from 'tap';
import { DROP } from '../../src/wire/drop.js';
import { decodeErrorReply } from '../../src/wire/error-reply.js';
import { datagramOf } from '../fixtures/msgpack-values.js';

t.test('an error has a code, a message and perhaps data', async (t) => {
  t.strictSame(decodeErrorReply(datagramOf(2, '92 a145 a16d')), { code: 'E', message: 'm' });
  t.strictSame(decodeErrorReply(datagramOf(2, '93 a145 a16d 07')), {
    code: 'E',
    message: 'm',
    data: 7,
  });
});

t.test('anything else has the wrong shape', async (t) => {
  for (const body of [
    'c0',
    'a145',
    '90',
    '91a145',
    '9201a16d',
    '92a14501',
    '94a145a16dc0c0',
    '80',
  ]) {
    t.equal(decodeErrorReply(datagramOf(2, body)), DROP.shape, body);
  }
  t.equal(decodeErrorReply(datagramOf(2, '92')), DROP.truncated);
});

import t from 'tap';
import { hashOfId } from '../../src/wire/transaction-id.js';

t.test('the hash of an id is its first six digits', async (t) => {
  t.equal(hashOfId('0123456789abcdef'), 0x012345);
  t.equal(hashOfId('6789abcdef012345'), 0x6789ab);
  t.equal(hashOfId('fedcba9876543210'), 0xfedcba);
});

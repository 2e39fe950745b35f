import t from 'tap';
import { hashOfId, hashOfIdAt, isIdAt, readId } from '../../src/wire/transaction-id.js';

t.test('the hash of an id is its first six digits', async (t) => {
  t.equal(hashOfId('0123456789abcdef'), 0x012345);
  t.equal(hashOfId('6789abcdef012345'), 0x6789ab);
  t.equal(hashOfId('fedcba9876543210'), 0xfedcba);
});

t.test('an id is found in bytes, without being read', async (t) => {
  const id = '0123456789abcdef0123456789abcdef01234567';
  const bytes = Buffer.from(`ff${id}ff`, 'hex');
  t.equal(readId(bytes, 1), id);
  t.equal(hashOfIdAt(bytes, 1), hashOfId(id));
  t.ok(isIdAt(bytes, 1, id));
  for (let index = 1; index <= 20; index += 1) {
    const other = Buffer.from(bytes);
    other.writeUInt8(bytes.readUInt8(index) ^ 1, index);
    t.notOk(isIdAt(other, 1, id), `another byte ${index}`);
  }
  t.ok(isIdAt(Buffer.from(bytes).fill(0, 21), 1, id), 'what follows does not matter');
});

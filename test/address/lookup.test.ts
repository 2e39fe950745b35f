import t from 'tap';
import { systemLookup } from '../../src/address/lookup.js';

t.test('a name becomes an address of the wanted family', async (t) => {
  t.equal(await systemLookup('localhost', 4), '127.0.0.1');
  t.match(await systemLookup('localhost', 0), /^(127\.0\.0\.1|::1)$/);
});

t.test('an address is returned in canonical form', async (t) => {
  t.equal(await systemLookup('0:0:0:0:0:0:0:1', 6), '::1');
  t.equal(await systemLookup('::ffff:127.0.0.1', 0), '127.0.0.1');
});

t.test('a name that does not exist gives an error with the code of the system', async (t) => {
  // RFC 6761 section 6.4: no resolver may find a name under .invalid.
  await t.rejects(systemLookup('nobody.invalid', 0), { code: /^(ENOTFOUND|EAI_AGAIN)$/ });
});

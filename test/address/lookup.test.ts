import t from 'tap';
import { systemLookup } from '../../src/address/lookup.js';

t.test('a name becomes all its addresses of the wanted family', async (t) => {
  t.strictSame(await systemLookup('localhost', 4), ['127.0.0.1']);
  const found = await systemLookup('localhost', 0);
  t.ok(found.includes('127.0.0.1'), String(found));
  for (const host of found) t.match(host, /^(127\.0\.0\.1|::1)$/);
});

t.test('addresses are returned in canonical form', async (t) => {
  t.strictSame(await systemLookup('0:0:0:0:0:0:0:1', 6), ['::1']);
  t.strictSame(await systemLookup('::ffff:127.0.0.1', 0), ['127.0.0.1']);
});

t.test('a name that does not exist gives an error with the code of the system', async (t) => {
  // RFC 6761 section 6.4: no resolver may find a name under .invalid.
  await t.rejects(systemLookup('nobody.invalid', 0), { code: /^(ENOTFOUND|EAI_AGAIN)$/ });
});

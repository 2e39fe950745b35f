/**
 * Main: drives the built package through its contracts without a test runner: transport, endpoint,
 * entries, Python. So it runs under every runtime. It exits with 0 if all was right.
 */
import { createEndpoint } from '../../src/index.js';
import { turnCount } from '../../src/time/turn-count.js';
import { udpTransport } from '../../src/transport/udp.js';
import { endpointContract } from '../fixtures/endpoint-contract.js';
import { python } from '../fixtures/real-parts.js';
import { ipv6 } from '../fixtures/real-ipv6.js';
import { transportContract } from '../fixtures/transport-contract.js';
import { callsPython } from '../interop/calling-python.js';
import { servesPython } from '../interop/serving-python.js';
import { entriesContract, LIVES } from './entries.js';
import { PlainTest, Tally } from './plain-test.js';

const MAX_MS = 240_000;

const life = LIVES[process.argv[2] ?? ''];
if (life === undefined) await checkAll();
else await life();

async function checkAll(): Promise<void> {
  // A promise that is never settled may end a process as well.
  process.exitCode = 1;
  setTimeout(() => {
    console.log(`not ok - took longer than ${MAX_MS} ms`);
    process.exit(1);
  }, MAX_MS).unref();
  const { node, bun, deno } = process.versions;
  console.log(`# ${bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node.js ${node}`}`);

  const tally = new Tally(console.log);
  await new PlainTest('', tally).run(contracts);
  if (tally.end()) process.exitCode = 0;
}

function contracts(t: PlainTest): void {
  const unless = (
    skip: string | undefined,
    name: string,
    body: Parameters<PlainTest['test']>[1],
  ) => (skip === undefined ? t.test(name, body) : t.skip(name, skip));
  const udp = {
    transport: (host: string, port = 0) => udpTransport({ host, port }),
    until: async <Value>(promise: PromiseLike<Value>) => promise,
    hasOtherCodes: turnCount === undefined,
  };

  t.test('transport over IPv4', (t) => transportContract(t, '127.0.0.1', () => udp));
  unless(ipv6().skip, 'transport over IPv6', (t) => transportContract(t, '::1', () => udp));
  t.test('endpoint', (t) =>
    endpointContract(t, {
      endpoint: async (t, options) => {
        const endpoint = await createEndpoint({ host: '127.0.0.1', ...options });
        t.teardown(() => endpoint.close());
        return endpoint;
      },
      until: udp.until,
    }),
  );
  t.test('entries', entriesContract);
  unless(python().skip, 'calls Python', callsPython);
  unless(python().skip, 'is called by Python', servesPython);
}

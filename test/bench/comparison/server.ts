/** One server of the benchmark, in a process of its own, so that its CPU time can be told from its client's. */
import { converse } from './conversation.js';
import type { Listening, ServerResult } from './conversation.js';
import { contestant } from './lineup.js';

const [key] = process.argv.slice(2);
const port = await contestant(key).serve();

converse({ port } satisfies Listening, (): ServerResult => {
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system };
});

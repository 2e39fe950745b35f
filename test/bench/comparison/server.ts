/**
 * Server: one server of the benchmark, in a separate process, so that its CPU time is measured
 * apart from its client's.
 */
import { converse, cpuTime } from './conversation.js';
import type { Listening } from './conversation.js';
import { contestant } from './lineup.js';

const [key] = process.argv.slice(2);
const port = await contestant(key).serve();

converse({ port } satisfies Listening, cpuTime);

/** An inspector that nobody looks at, in a process of its own, so that its work is not billed to those who feed it. */
import { serveInspector } from 'rpcudp/inspector';
import { converse, cpuTime } from './conversation.js';
import type { Serving } from './conversation.js';

const { url } = await serveInspector();
const greeting: Serving = { url };
converse(greeting, cpuTime);

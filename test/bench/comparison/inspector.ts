/**
 * An inspector without viewers, in a separate process, so that its work does not count for its
 * feeds.
 */
import { serveInspector } from 'rpcudp/inspector';
import { converse, cpuTime } from './conversation.js';
import type { Serving } from './conversation.js';

const { url } = await serveInspector();
const greeting: Serving = { url };
converse(greeting, cpuTime);

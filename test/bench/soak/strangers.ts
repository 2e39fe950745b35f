/**
 * Strangers: the process of the soak that sends what strangers send, at an even pace, from one real
 * socket. It ignores what comes back.
 */
import { boundSocket } from '../bound-socket.js';
import { converse } from '../comparison/conversation.js';
import type { Attack, Listening } from './samples.js';
import { StrangerDatagrams } from './stranger-datagrams.js';

const PERIOD_MS = 5;
/** What a stall has delayed is sent later, but not more than this at once. */
const MAX_BURST = 200;

const socket = await boundSocket();
const datagrams = new StrangerDatagrams();

/** Attacks until the process ends. */
function attack({ port, datagramsPerSecond }: Attack): object {
  let lastMs = performance.now();
  let due = 0;
  setInterval(() => {
    const nowMs = performance.now();
    due = Math.min(due + ((nowMs - lastMs) * datagramsPerSecond) / 1_000, MAX_BURST);
    lastMs = nowMs;
    for (; due >= 1; due -= 1) socket.send(datagrams.next(), port, '127.0.0.1');
  }, PERIOD_MS);
  return {};
}

const { port } = socket.address();
converse({ port } satisfies Listening, (question) => attack(question as Attack));

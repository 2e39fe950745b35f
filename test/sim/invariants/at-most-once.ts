import { formatAddress } from '../../../src/address/address.js';
import { REQUEST_ENDINGS } from '../../../src/api/request-ending.js';
import { NOT_RUN_CODES } from '../../../src/wire/error-code.js';
import { brief, idOf, TYPE, valuesOf } from '../datagram.js';
import type { Invariant } from '../invariant.js';

/**
 * I2. This is the reason for transaction ids. However often a request arrives, however old the copy
 * is, its procedure runs at most once for each life of the endpoint, sender and id, while the id is
 * remembered. A `strict` endpoint forgets no id before its time; other endpoints report when they
 * do. A repeated request gets exactly the bytes of the first reply. A first request is never taken
 * for a repetition.
 */
export const atMostOnce: Invariant = {
  id: 'I2',
  says: 'a request runs at most once per life, sender and transaction id within the replay window',

  afterRun: (_world, node, execution, before) => {
    if (before === undefined) return undefined;
    const agoMs = execution.startedAtMs - before.startedAtMs;
    if (agoMs >= node.limits.replayWindowMs) return undefined;
    node.refresh();
    if (mayForgetEarly(node.plan.options) && node.stats.forgottenEarly > 0) return undefined;
    const { transactionId, sender } = execution;
    return `${node.name} ran ${transactionId.slice(0, 6)} of ${sender} again after ${agoMs} ms`;
  },

  beforeFrame: (_world, { life }, frame, from) => {
    if (frame[0] !== TYPE.request) return undefined;
    const key = `${formatAddress(from)} ${idOf(frame)}`;
    life.arrivals.set(key, (life.arrivals.get(key) ?? 0) + 1);
    return undefined;
  },

  afterRequest: (_world, { name, life }, { ending, peer, transactionId }) => {
    if (REQUEST_ENDINGS[ending].of !== 'repetition') return undefined;
    if ((life.arrivals.get(`${peer} ${transactionId}`) ?? 0) > 1) return undefined;
    return `${name} took ${transactionId.slice(0, 6)} of ${peer} for a repetition (${ending})`;
  },

  afterFrame: (world, node, frame, to) => {
    if (!isReply(frame) || !node.alive) return undefined;
    const request = {
      ...{ node: node.name, incarnation: node.incarnation },
      ...{ sender: formatAddress(to), transactionId: idOf(frame) },
    };
    const runs = world.oracle.timesRun(request);
    const key = `${request.sender} ${request.transactionId}`;
    const replies = (node.life.replies.get(key) ?? new Set()).add(brief(frame));
    node.life.replies.set(key, replies);
    // A reply may be sent later than its run, and after another run. But there are never more
    // replies than runs, or than times that middleware, which may answer alone, had it.
    const passed = node.life.passed.times.get(key) ?? 0;
    if (replies.size <= Math.max(runs, passed, 1)) return undefined;
    return `${node.name} sent ${[...replies].join(', ')} for ${runs} runs`;
  },
};

function mayForgetEarly(options: { readonly atMostOnce?: string | undefined }): boolean {
  return options.atMostOnce !== 'strict';
}

/** Errors that are sent without a reply: the reply was forgotten, or the request was not run. */
const NO_REPLIES: readonly unknown[] = ['replyForgotten', ...NOT_RUN_CODES];

/** A result, or an error that a run ended with. */
function isReply(frame: Buffer): boolean {
  if (frame[0] === TYPE.response) return true;
  if (frame[0] !== TYPE.error) return false;
  const [body] = valuesOf(frame);
  return Array.isArray(body) && !NO_REPLIES.includes(body[0]);
}

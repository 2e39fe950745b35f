import { HEALTH_REPORTS } from '../../../src/api/health-report.js';
import type { HealthReport } from '../../../src/api/health-report.js';
import { namesOf } from '../../../src/vocabulary.js';
import type { Finding, Invariant } from '../invariant.js';

/**
 * I18. Who listens knows the health of each peer. Every change is told once: each report begins with
 * the health that the one before told, or with a peer of which nothing was known, and a peer is
 * silent only after it was suspect.
 */
export const health: Invariant = {
  id: 'I18',
  says: 'each change of the health of a peer is reported once, and in order',

  afterHealth: (_world, node, report) => {
    const before = node.life.healths.get(report.peer);
    node.life.healths.set(report.peer, report);
    const finding = misreported(report, before);
    return finding && `${node.name} reports ${report.peer} as ${report.type} ${finding}`;
  },
};

function misreported({ type, previous }: HealthReport, before: HealthReport | undefined): Finding {
  if (`peer.${previous}` === type) return 'twice';
  if (type === 'peer.silent' && previous !== 'suspect') return `after ${previous}`;
  // A peer that was forgotten to make room is another one when it is back.
  if (!namesOf(HEALTH_REPORTS).some((reported) => reported === previous)) return undefined;
  return before?.type === `peer.${previous}` ? undefined : `after ${previous}, which nobody told`;
}

/** Overview: what is wrong and at whom, the rates over time, the procedures and the worst peers. */
import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { Procedures, WorstPeers } from '../components/call-groups.js';
import { Findings } from '../components/findings.js';
import { lazy } from '../components/lazy.js';
import { useSession } from '../components/page-context.js';
import { TimeRangeBar } from '../components/time-range-bar.js';
import { AnimationFrames } from '../live/animation-frames.js';
import { Surveyor } from '../live/surveyor.js';
import { countText } from '../store/format.js';
import { endedOf, failedOf } from '../store/overview-plots.js';
import type { Overview } from '../store/overview.js';

const OverviewPlots = lazy(
  async () => (await import('../components/overview-plots.js')).OverviewPlots,
);

const frames = new AnimationFrames();

export function OverviewView(): VNode {
  const session = useSession();
  const surveyor = useMemo(() => new Surveyor(session, frames), [session]);
  useEffect(() => surveyor.start(), [surveyor]);
  const { value: survey } = surveyor.survey;
  if (survey === undefined || survey === 'nothing') {
    return (
      <div class="empty empty-page">
        <p class="muted">{survey === undefined ? '…' : 'No endpoints yet.'}</p>
      </div>
    );
  }
  const { overview } = survey;
  return (
    <section class="overview" aria-label="Overview" data-testid="overview">
      <Findings survey={survey} />
      <TimeRangeBar span={overview.bins.span} />
      <OverviewPlots overview={overview} />
      <div class="overview-tables">
        <WorstPeers overview={overview} />
        <Procedures overview={overview} />
      </div>
      <Sums overview={overview} />
    </section>
  );
}

/** What the plots and tables rest on. */
function Sums({ overview }: { overview: Overview }): VNode {
  const { counted, kept, outcomes } = overview;
  const ended = endedOf(outcomes);
  return (
    <p class="muted" data-testid="overview-sums" data-ended={ended} data-kept={kept}>
      {counted ? 'The endpoints counted' : 'The search finds'} {countText(ended)} calls that ended,{' '}
      {countText(failedOf(outcomes))} of which failed. Times and tables are those of the{' '}
      {countText(kept)} that are kept.
    </p>
  );
}

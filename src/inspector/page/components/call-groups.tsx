/** Call groups: the calls by procedure, and by the peer that was asked, as tables. */
import type { VNode } from 'preact';
import { countOf, countText, durationText } from '../store/format.js';
import type { Group, Overview } from '../store/overview.js';
import { DurationScale, DurationShape } from './duration-shape.js';

/** Longer tables are not read: a search finds the others. */
const MAX_ROWS = 12;

export function Procedures({ overview }: { overview: Overview }): VNode {
  const { procedures: rows } = overview;
  return (
    <section class="panel" aria-labelledby="procedures-title">
      <h3 id="procedures-title">Procedures, by calls</h3>
      <table class="groups" data-testid="overview-procedures">
        <thead>
          <tr>
            <th>procedure</th>
            <th class="right">calls</th>
            <th class="right">failed</th>
            <th class="right">p50</th>
            <th class="right">p95</th>
            <th class="right wide">p99</th>
            <th class="wide shape-head">
              <DurationScale />
              <span class="hidden">how long answers took</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MAX_ROWS).map(([name, group]) => (
            <tr key={name} data-procedure={name}>
              <th scope="row" class="cut" title={name}>
                <bdi>{name}</bdi>
              </th>
              <Counts group={group} />
              <Quantile group={group} share={0.5} />
              <Quantile group={group} share={0.95} />
              <Quantile group={group} share={0.99} isWide />
              <td class="wide">
                <DurationShape durations={group.durations} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <More count={rows.length - MAX_ROWS} one="more procedure" />
    </section>
  );
}

export function WorstPeers({ overview }: { overview: Overview }): VNode {
  const { peers: rows } = overview;
  return (
    <section class="panel" aria-labelledby="peers-title">
      <h3 id="peers-title">Peers that were asked, the worst first</h3>
      <table class="groups" data-testid="worst-peers">
        <thead>
          <tr>
            <th>peer</th>
            <th class="right">calls</th>
            <th class="right">failed</th>
            <th class="wide" aria-hidden="true" />
            <th class="right">p50</th>
            <th class="right">p95</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MAX_ROWS).map(([party, group]) => (
            <tr key={`${party.name} ${party.address}`} data-party={party.name}>
              <th scope="row" class="cut" title={party.address}>
                <bdi>{party.name}</bdi>
              </th>
              <Counts group={group} />
              <td class="wide" aria-hidden="true">
                <span class="failed-bar">
                  <i style={{ width: `${100 * group.failedShare}%` }} />
                </span>
              </td>
              <Quantile group={group} share={0.5} />
              <Quantile group={group} share={0.95} />
            </tr>
          ))}
        </tbody>
      </table>
      <More count={rows.length - MAX_ROWS} one="more peer" />
    </section>
  );
}

function Counts({ group }: { group: Group }): VNode {
  const { calls, failed, failedShare } = group;
  const percent = `${(100 * failedShare).toFixed(failedShare < 0.0995 ? 1 : 0)} %`;
  return (
    <>
      <td class="right num">{countText(calls)}</td>
      <td
        class={failed === 0 ? 'right num faint' : 'right num failed'}
        title={countOf(failed, 'call')}
      >
        {failed === 0 ? '0' : percent}
      </td>
    </>
  );
}

function Quantile(props: { group: Group; share: number; isWide?: boolean }): VNode {
  const { group, share, isWide = false } = props;
  const ms = group.durations.quantile(share);
  return (
    <td class={isWide ? 'right num wide' : 'right num'}>
      {ms === undefined ? <i class="faint">–</i> : durationText(ms)}
    </td>
  );
}

function More({ count, one }: { count: number; one: string }): VNode | null {
  return count > 0 ? <p class="muted">and {countOf(count, one)}</p> : null;
}

/** Topology table: the links of the topology, in words and numbers. */
import type { VNode } from 'preact';
import { durationText, rateText } from '../store/format.js';
import { linkKey } from '../store/topology-links.js';
import type { TopologyLink } from '../store/topology-links.js';
import { shareText } from '../store/topology-words.js';
import { StateMark } from './state-mark.js';

interface TopologyTableProps {
  readonly links: readonly TopologyLink[];
  /** The name of a node. */
  readonly nameOf: (key: string) => string;
  readonly caption: string;
}

export function TopologyTable({ links, nameOf, caption }: TopologyTableProps): VNode {
  return (
    <table class="topology-table" data-testid="topology-table">
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">caller</th>
          <th scope="col">called</th>
          <th scope="col" class="right" title="How many calls a second have an outcome">
            calls/s
          </th>
          <th
            scope="col"
            class="right"
            title="Transmissions of requests that no answer followed, of all transmissions"
          >
            lost
          </th>
          <th scope="col" class="right" title="Smoothed, as the caller measures it">
            round trip
          </th>
          <th scope="col">health</th>
        </tr>
      </thead>
      <tbody>
        {links.map((link) => (
          <Row key={linkKey(link)} link={link} nameOf={nameOf} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ link, nameOf }: { link: TopologyLink; nameOf: (key: string) => string }): VNode {
  const { from, to, callsPerSecond, loss, roundTripMs, health, trouble } = link;
  return (
    <tr data-testid="topology-row" data-trouble={trouble ?? ''}>
      <th scope="row" class="cut" title={nameOf(from)}>
        {nameOf(from)}
      </th>
      <td class="cut" title={nameOf(to)}>
        {nameOf(to)}
      </td>
      <td class="right num">{rateText(callsPerSecond)}</td>
      <td class={trouble === undefined ? 'right num' : 'right num topology-trouble'}>
        {shareText(loss)}
      </td>
      <td class="right num">{durationText(roundTripMs ?? NaN)}</td>
      <td>
        <StateMark state={health} />
      </td>
    </tr>
  );
}

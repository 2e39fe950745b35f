/** Topology detail: the node that is selected in the picture, and its links. */
import type { VNode } from 'preact';
import { openPeer, pickedEndpoints, show } from '../live/view-state.js';
import { countOf } from '../store/format.js';
import { pairKey } from '../store/side-pairs.js';
import type { TopologyNode } from '../store/topology.js';
import type { TopologyLink } from '../store/topology-links.js';
import { StateMark } from './state-mark.js';
import { TopologyTable } from './topology-table.js';

interface TopologyDetailProps {
  readonly node: TopologyNode;
  readonly links: readonly TopologyLink[];
  readonly nameOf: (key: string) => string;
}

/** The table has them all. */
const MAX_LISTED = 30;

export function TopologyDetail({ node, links, nameOf }: TopologyDetailProps): VNode {
  const { key, name, address, endpoint } = node;
  const own = links.filter(({ from, to }) => from === key || to === key);
  const asPeer = own.find(({ to, peer }) => to === key && peer.endpoint !== key);
  return (
    <aside class="topology-detail" aria-label={name} data-testid="topology-detail" data-node={key}>
      <h2 class="num">{name}</h2>
      <p class="muted">
        {endpoint === undefined
          ? 'a peer that does not feed the inspector'
          : `an endpoint${name === address ? '' : ` at ${address}`}`}
        {endpoint?.condition !== undefined && (
          <>
            {' '}
            <StateMark state={endpoint.condition === 'lost' ? 'feedLost' : endpoint.condition} />
          </>
        )}
      </p>
      <p class="topology-buttons">
        {asPeer !== undefined && (
          <button
            type="button"
            class="button"
            data-testid="topology-peer"
            onClick={() => {
              openPeer.value = pairKey(asPeer.peer);
              show('peers');
            }}
          >
            Open in Peers
          </button>
        )}
        {endpoint !== undefined && (
          <button
            type="button"
            class="button"
            data-testid="topology-only"
            onClick={() => (pickedEndpoints.value = new Set([key]))}
          >
            Show only this endpoint
          </button>
        )}
      </p>
      <div class="wide-table">
        <TopologyTable
          links={own.slice(0, MAX_LISTED)}
          nameOf={nameOf}
          caption={`The links of ${name}`}
        />
      </div>
      {own.length > MAX_LISTED && (
        <p class="muted">{countOf(own.length - MAX_LISTED, 'more link')}; the table has them all</p>
      )}
    </aside>
  );
}

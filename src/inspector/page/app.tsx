/**
 * App: the page's head and the chosen view. It also opens a recording that is dropped on the page.
 */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { ComparisonNotice } from './components/comparison-notice.js';
import { Header } from './components/header.js';
import { Help } from './components/help.js';
import { Notices } from './components/notices.js';
import { useSession } from './components/page-context.js';
import { SearchBar } from './components/search-bar.js';
import { StatusBar } from './components/status-bar.js';
import { helpOpen, UNSEARCHED, view } from './live/view-state.js';
import type { View } from './live/view-state.js';
import { CallView } from './views/call.js';
import { CallsView } from './views/calls.js';
import { DatagramsView } from './views/datagrams.js';
import { FatesView } from './views/fates.js';
import { MachinesView } from './views/machines.js';
import { OverviewView } from './views/overview.js';
import { PeersView } from './views/peers.js';
import { SequenceView } from './views/sequence.js';
import { TopologyView } from './views/topology.js';

const COMPONENTS: Readonly<Record<View, () => VNode>> = {
  overview: OverviewView,
  calls: CallsView,
  call: CallView,
  sequence: SequenceView,
  topology: TopologyView,
  peers: PeersView,
  datagrams: DatagramsView,
  machines: MachinesView,
  fates: FatesView,
};

export function App(): VNode {
  const session = useSession();
  const [dragging, setDragging] = useState(false);
  const Shown = COMPONENTS[view.value];
  return (
    <div
      class={dragging ? 'app dragging' : 'app'}
      onDragOver={(event) => {
        event.preventDefault();
        setDragging(true);
      }}
      onDragLeave={(event) => {
        if (event.relatedTarget === null) setDragging(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setDragging(false);
        const [file] = event.dataTransfer?.files ?? [];
        if (file !== undefined) void session.openFile(file);
      }}
    >
      <Header />
      <StatusBar />
      <Notices />
      <ComparisonNotice />
      {!UNSEARCHED.has(view.value) && <SearchBar />}
      <main class="main" data-testid={`main-${view.value}`} data-feed={session.feedState.value}>
        <Shown />
      </main>
      {helpOpen.value && <Help />}
      {dragging && (
        <div class="drop" aria-hidden="true">
          Drop a recording to open it
        </div>
      )}
    </div>
  );
}

/** Header: the head of the page, with its views and tools. */
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { download } from '../live/download.js';
import { exportRecording } from '../live/export-recording.js';
import { theme, toggleTheme } from '../live/theme.js';
import { changeTimeStyle, nextTimeStyle, TIME_STYLES, timeStyle } from '../live/time-style.js';
import { helpOpen, show, view, VIEWS } from '../live/view-state.js';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';
import { useSession } from './page-context.js';

export function Header(): VNode {
  return (
    <header class="header">
      <h1 class="brand" title="rpcudp inspector">
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
          <path class="brand-out" d="M3 8h15M14.5 4.5L18 8l-3.5 3.5" />
          <path class="brand-in" d="M21 16H6M9.5 12.5L6 16l3.5 3.5" />
        </svg>
        <span class="brand-name">rpcudp</span>
      </h1>
      <nav class="tabs" aria-label="Views">
        {VIEWS.map((one, index) => (
          <button
            type="button"
            class="tab"
            key={one.view}
            data-testid={`view-${one.view}`}
            aria-current={view.value === one.view ? 'page' : undefined}
            title={`${one.title} (${index + 1})`}
            onClick={() => show(one.view)}
          >
            {one.title}
          </button>
        ))}
      </nav>
      <Tools />
    </header>
  );
}

function Tools(): VNode {
  const session = useSession();
  const files = useRef<HTMLInputElement>(null);
  const paused = session.paused.value;
  const save = async () => {
    const stamp = new Date(session.nowMs()).toISOString().slice(0, 19).replaceAll(':', '-');
    download(await exportRecording(session.store), `${stamp}.rpcudp.jsonl`);
  };
  return (
    <div class="tools" role="toolbar" aria-label="Recording">
      <Tool
        icon={paused ? 'play' : 'pause'}
        label={paused ? 'Continue' : 'Pause'}
        hint="Space"
        testId="pause"
        pressed={paused}
        onClick={() => session.togglePause()}
      />
      <Tool
        icon="step"
        label="Step: apply one batch of records"
        hint="."
        testId="step"
        disabled={!paused}
        onClick={() => session.step()}
      />
      <Tool icon="clear" label="Clear" testId="clear" onClick={() => session.clear()} />
      <span class="tools-gap" />
      <Tool
        icon="save"
        label="Export the recording as a file"
        testId="export"
        onClick={() => void save()}
      />
      <Tool
        icon="open"
        label="Open a recording"
        testId="open"
        onClick={() => files.current?.click()}
      />
      <input
        ref={files}
        type="file"
        accept=".jsonl"
        class="hidden"
        tabIndex={-1}
        aria-label="Recording to open"
        data-testid="file"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file !== undefined) void session.openFile(file);
          currentTarget.value = '';
        }}
      />
      <span class="tools-gap" />
      <Tool
        icon="clock"
        label={`Times: ${TIME_STYLES[timeStyle.value]}. Change to ${TIME_STYLES[nextTimeStyle()]}`}
        testId="times"
        onClick={changeTimeStyle}
      />
      <Tool
        icon={theme.value === 'light' ? 'moon' : 'sun'}
        label={theme.value === 'light' ? 'Dark theme' : 'Light theme'}
        testId="theme"
        onClick={toggleTheme}
      />
      <Tool
        icon="help"
        label="Keys"
        hint="?"
        testId="help"
        onClick={() => (helpOpen.value = !helpOpen.value)}
      />
    </div>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly label: string;
  readonly testId: string;
  readonly hint?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function Tool({ icon, label, testId, hint, pressed, disabled = false, onClick }: ToolProps): VNode {
  return (
    <button
      type="button"
      class="tool"
      aria-label={label}
      title={hint === undefined ? label : `${label} (${hint})`}
      aria-pressed={pressed}
      disabled={disabled}
      data-testid={testId}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

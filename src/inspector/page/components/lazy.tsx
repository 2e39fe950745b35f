/** Lazy: parts of the page that are loaded only after the page is drawn. */
import type { ComponentType, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/**
 * A component whose code is loaded when the browser is idle. That is earlier than needed, because
 * later the server may be gone.
 */
export function lazy<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props) => VNode | null {
  let loaded: ComponentType<Props> | undefined;
  requestIdleCallback(() => {
    // If this fails, it is tried again when the component is needed.
    load().catch(() => undefined);
  });
  return (props) => {
    const [failed, setFailed] = useState(false);
    const [, redraw] = useState(false);
    useEffect(() => {
      if (loaded !== undefined) return;
      load().then(
        (component) => {
          loaded = component;
          redraw(true);
        },
        () => setFailed(true),
      );
    }, []);
    const Loaded = loaded;
    if (Loaded !== undefined) return <Loaded {...props} />;
    return failed ? (
      <p class="muted">The server of this part of the page cannot be reached.</p>
    ) : null;
  };
}

/** Parts of the page that come when they are needed. */
import type { ComponentType, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** A component whose code is loaded once the page is drawn: by the time it is needed, the server may be gone. */
export function lazy<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props) => VNode | null {
  let loaded: ComponentType<Props> | undefined;
  requestIdleCallback(() => {
    // Tried again when it is needed.
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
      <p class="muted">The server that has this part of the page is not there.</p>
    ) : null;
  };
}

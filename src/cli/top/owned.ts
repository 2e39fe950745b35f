/** Something of an endpoint's, with the endpoint that it is of. */
import type { EndpointView } from './snapshot.js';

export interface Owned<View> {
  readonly owner: EndpointView;
  readonly view: View;
}

/** What `viewsOf` finds in each endpoint. */
export function owned<View>(
  endpoints: readonly EndpointView[],
  viewsOf: (endpoint: EndpointView) => readonly View[],
): Owned<View>[] {
  return endpoints.flatMap((owner) => viewsOf(owner).map((view) => ({ owner, view })));
}

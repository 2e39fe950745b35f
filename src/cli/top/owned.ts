/** Owned: a view of a part of an endpoint, with the endpoint that the part belongs to. */
import type { EndpointView } from './snapshot.js';

export interface Owned<View> {
  readonly owner: EndpointView;
  readonly view: View;
}

/** The views that `viewsOf` finds in the endpoints, each with its endpoint. */
export function owned<View>(
  endpoints: readonly EndpointView[],
  viewsOf: (endpoint: EndpointView) => readonly View[],
): Owned<View>[] {
  return endpoints.flatMap((owner) => viewsOf(owner).map((view) => ({ owner, view })));
}

/** The URL of the page, which is also the one that endpoints feed. */
export function pageUrl(): string {
  return `${location.origin}${location.pathname}`;
}

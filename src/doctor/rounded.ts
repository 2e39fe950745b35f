/** Rounded: times as they are shown, without digits that mean nothing. */
export function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

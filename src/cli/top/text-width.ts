/** How many columns of a terminal a text takes. */

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Printable ASCII, which is nearly everything: a column each. */
const PLAIN = /^[ -~]*$/;

/** What stands on its own as a picture, and what the East Asian scripts write in a square (UAX #11, W and F). */
const WIDE =
  /[\p{Emoji_Presentation}\uFE0F\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F000}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;

/** A mark by itself, with nothing to stand on. */
const MARK = /^\p{M}+$/u;

export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of GRAPHEMES.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** At most `width` columns of a text, `…` at the end where it was cut. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width < 1) return '';
  let cut = '';
  let left = width - 1;
  for (const { segment } of GRAPHEMES.segment(text)) {
    left -= graphemeWidth(segment);
    if (left < 0) break;
    cut += segment;
  }
  return `${cut}…`;
}

function graphemeWidth(grapheme: string): number {
  if (MARK.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

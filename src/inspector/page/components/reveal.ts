/**
 * Scrolls a box so that a part of it is visible. Unlike `scrollIntoView`, it scrolls nothing around
 * the box. The box must be the offset parent of the part.
 */
export function reveal(box: HTMLElement | null, part: HTMLElement | null | undefined): void {
  if (box === null || part === null || part === undefined) return;
  const { offsetTop, offsetHeight } = part;
  if (offsetTop < box.scrollTop) box.scrollTop = offsetTop;
  else if (offsetTop + offsetHeight > box.scrollTop + box.clientHeight) {
    box.scrollTop = offsetTop + offsetHeight - box.clientHeight;
  }
}

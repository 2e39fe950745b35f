import type { VNode } from 'preact';
import { printable } from '../../../legible/printable.js';

/**
 * A name from the network. It changes the direction of nothing around it, and shows what is
 * invisible in it.
 */
export function Name({ text }: { text: string }): VNode {
  return <bdi>{printable(text)}</bdi>;
}

/** Comparison state: with what the open call is compared. */
import { signal } from '@preact/signals';
import type { SideKey } from '../store/side-key.js';

/** Whatever other call is open is shown beside this one. */
export const comparedSide = signal<SideKey | undefined>(undefined);

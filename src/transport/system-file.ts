/** System file: reads the small files in which Linux tells about itself. */
import { readFileSync } from 'node:fs';

export type ReadFile = (path: string) => string;

export const systemFile: ReadFile = (path) => readFileSync(path, 'latin1');

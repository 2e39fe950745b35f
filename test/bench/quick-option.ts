import { parseArgs } from 'node:util';

/**
 * Whether a program was given `--quick`, the one option it has besides `--help`, which shows `usage` and ends it.
 *
 * @throws TypeError for any other option.
 */
export function quickOption(usage: string): boolean {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  return values.quick;
}

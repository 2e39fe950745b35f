import { parseArgs } from 'node:util';

/**
 * Whether the program got `--quick`. Its only other option is `--help`, which prints `usage` and
 * ends the program.
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

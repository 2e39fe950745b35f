/** Quantity: numbers and durations that a search compares with: `>1`, `<=100ms`, `2..5`, `1.5s`. */

/** Whether a number is meant. Nothing is meant by NaN. */
export type QuantityTest = (number: number) => boolean;

/** The units of durations, in milliseconds. */
const UNITS: Readonly<Record<string, number>> = {
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
};

const NUMBER = /^(\d{1,15})(?:\.(\d{1,9}))?\s*([a-zµ]*)$/i;
const COMPARED = /^(>=|<=|>|<|=)\s*(.*)$/s;

interface Quantity {
  readonly value: number;
  /** Half of the last digit that was written: numbers this close are the same to the reader. */
  readonly halfDigit: number;
}

/**
 * The test that a text describes; undefined if it describes none. `unit` is that of the numbers
 * that are tested: milliseconds, or none.
 */
export function quantityTest(text: string, unit: 'ms' | 'none'): QuantityTest | undefined {
  const [from, to, ...rest] = text.split('..');
  if (to !== undefined) {
    const low = readQuantity(from ?? '', unit);
    const high = readQuantity(to, unit);
    if (low === undefined || high === undefined || rest.length > 0) return undefined;
    return (number) => number >= low.value && number <= high.value;
  }
  const [, sign = '=', operand = text] = COMPARED.exec(text) ?? [];
  const quantity = readQuantity(operand, unit);
  if (quantity === undefined) return undefined;
  const { value, halfDigit } = quantity;
  switch (sign) {
    case '>':
      return (number) => number > value;
    case '>=':
      return (number) => number >= value;
    case '<':
      return (number) => number < value;
    case '<=':
      return (number) => number <= value;
    default:
      return (number) => Math.abs(number - value) <= halfDigit;
  }
}

function readQuantity(text: string, unit: 'ms' | 'none'): Quantity | undefined {
  const [, whole, fraction = '', suffix = ''] = NUMBER.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const factor = factorOf(suffix.toLowerCase(), unit);
  if (factor === undefined) return undefined;
  const halfDigit = unit === 'none' ? 0 : (factor * 10 ** -fraction.length) / 2;
  return { value: Number(`${whole}.${fraction}0`) * factor, halfDigit };
}

function factorOf(suffix: string, unit: 'ms' | 'none'): number | undefined {
  if (suffix === '') return 1;
  return unit === 'ms' && Object.hasOwn(UNITS, suffix) ? UNITS[suffix] : undefined;
}

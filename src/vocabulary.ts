/**
 * What tables of words have in common. A table has a row for each word of a closed set, in the order in which people
 * are shown them; types, counts, checks and the words that people read are taken from it.
 */

/** The words of a table, in its order. */
export function namesOf<Table extends object>(table: Table): readonly (keyof Table & string)[] {
  return Object.freeze(Object.keys(table)) as readonly (keyof Table & string)[];
}

/** Whether a table has a row for a word that may be anybody's. */
export function isNameOf<Table extends object>(
  table: Table,
  word: string,
): word is keyof Table & string {
  return Object.hasOwn(table, word);
}

/** The row for a word that may be anybody's, if there is one. */
export function rowOf<Row>(table: Readonly<Record<string, Row>>, word: string): Row | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** A table with another value in each row. */
export function mapRows<Name extends string, Row, Value>(
  table: Readonly<Record<Name, Row>>,
  valueOf: (row: Row, name: Name) => Value,
): Record<Name, Value> {
  const rows = Object.entries<Row>(table) as [Name, Row][];
  return Object.fromEntries(rows.map(([name, row]) => [name, valueOf(row, name)])) as Record<
    Name,
    Value
  >;
}

/** A count for each word, at zero. */
export function zeroCounts<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}

/**
 * Vocabulary: functions for tables of words. Such a table has a row for each word of a closed set,
 * in display order. Types, counts, checks and display texts are taken from it.
 */

/** The words of a table, in the order of the table. */
export function namesOf<Table extends object>(table: Table): readonly (keyof Table & string)[] {
  return Object.freeze(Object.keys(table)) as readonly (keyof Table & string)[];
}

/** Whether a table has a row for a word, which may come from a peer. */
export function isNameOf<Table extends object>(
  table: Table,
  word: string,
): word is keyof Table & string {
  return Object.hasOwn(table, word);
}

/** The row of a word, which may come from a peer, if there is one. */
export function rowOf<Row>(table: Readonly<Record<string, Row>>, word: string): Row | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

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

export function zeroCounts<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}

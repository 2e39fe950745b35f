/** A module of the built package that users cannot import. */
export function inside(name: string): Promise<unknown> {
  return import(new URL(name, import.meta.resolve('rpcudp')).href);
}

/** Source: whether the page shows what a hub sends, or a recording. */

/** Where the records come from. */
export type Source =
  | { readonly kind: 'live' }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly refused: number;
      readonly progress: number;
    };

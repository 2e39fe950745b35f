/** Theme: light or dark. It follows the system until the user chooses. */
import { effect, signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const KEY = 'rpcudp-inspector-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

export const theme = signal<Theme>(remembered() ?? systemTheme());

/** Applies the theme to the document. */
export function startTheme(): void {
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
  });
  dark.addEventListener('change', () => {
    if (remembered() === undefined) theme.value = systemTheme();
  });
}

export function toggleTheme(): void {
  theme.value = theme.value === 'light' ? 'dark' : 'light';
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // If the browser stores nothing, the choice is forgotten.
  }
}

function systemTheme(): Theme {
  return dark.matches ? 'dark' : 'light';
}

function remembered(): Theme | undefined {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Light or dark: as the system has it, or as the user said. */
import { effect, signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const KEY = 'rpcudp-inspector-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

export const theme = signal<Theme>(remembered() ?? systemTheme());

/** Keeps the document in the theme. */
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
    // A browser that keeps nothing forgets this too.
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

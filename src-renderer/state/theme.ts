/**
 * Owns light, dark, or as the system says; kept on this computer. Must not know colours (styles/tokens.css does).
 */
import { create } from 'zustand';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'transship.theme';
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');

function kept(): Theme {
  const value = window.localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === value) ?? 'system';
}

export const useTheme = create<{ readonly theme: Theme }>(() => ({ theme: kept() }));

export function setTheme(theme: Theme): void {
  window.localStorage.setItem(KEY, theme);
  useTheme.setState({ theme });
  showTheme();
}

/** Shows the kept theme before the first paint, and follows the system where it decides. */
export function watchTheme(): void {
  showTheme();
  prefersDark.addEventListener('change', showTheme);
}

function showTheme(): void {
  const { theme } = useTheme.getState();
  const isDark = theme === 'dark' || (theme === 'system' && prefersDark.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

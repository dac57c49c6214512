/**
 * Owns light, dark, or as the system says; kept on this computer. Must not know colours (styles/tokens.css does).
 */
import { create } from 'zustand';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'transship.theme';

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

/** Tells the style sheet. Called once before the first paint and at each change. */
export function showTheme(): void {
  const { theme } = useTheme.getState();
  if (theme === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.dataset.theme = theme;
}

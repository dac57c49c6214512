/**
 * Owns what a person has seen and left as it is, so that it is not called out again; kept on this computer. Must not
 * know what the names mean (screens/overview/needs.ts does). Read wherever needs are counted or shown.
 */
import { create } from 'zustand';

const KEY = 'transship.put-aside';
/** The oldest are forgotten: what they named has left the house long ago. */
const MOST_KEPT = 200;

function kept(): readonly string[] {
  return (window.localStorage.getItem(KEY) ?? '').split('\n').filter((name) => name !== '');
}

export const usePutAside = create<{ readonly names: readonly string[] }>(() => ({ names: kept() }));

export function putAside(name: string): void {
  const names = [...usePutAside.getState().names, name].slice(-MOST_KEPT);
  window.localStorage.setItem(KEY, names.join('\n'));
  usePutAside.setState({ names });
}

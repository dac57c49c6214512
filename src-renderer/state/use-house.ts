/**
 * Owns reading the mirror in a screen: one selector a component, so that it is drawn again only when its part changed.
 */
import { useShallow } from 'zustand/react/shallow';
import type { HouseState } from '../../src-shared/model/house.ts';
import { useMirror } from './house-store.ts';

/** Screens are only shown once there is a snapshot; asking before that is a bug and says so. */
export function useHouse<T>(select: (house: HouseState) => T): T {
  return useMirror(useShallow(({ house }) => select(present(house))));
}

function present(house: HouseState | null): HouseState {
  if (house === null) throw new Error('A screen was shown before the first snapshot.');
  return house;
}

/**
 * Owns the window's mirror of the house: the last snapshot with every patch since, and the connection. Read-only for
 * screens; only the client writes it. One store write a patch.
 */
import { create } from 'zustand';
import type { ServerMessage, ViewPatch } from '../../src-shared/contract/channel.ts';
import type { HouseState } from '../../src-shared/model/house.ts';
import type { Connection } from '../channel/client.ts';
import { applyPatch } from './apply-patch.ts';

interface Mirror {
  readonly connection: Connection;
  /** null until the first snapshot. */
  readonly house: HouseState | null;
  readonly epoch: number;
  readonly revision: number;
}

export const useMirror = create<Mirror>(() => ({ connection: 'connecting', house: null, epoch: 0, revision: 0 }));

const viewListeners = new Map<string, Set<(patch: ViewPatch) => void>>();
const snapshotListeners = new Set<() => void>();

/** Hears the patches of one watched view; returns the end of it. */
export function onViewPatch(viewId: string, listener: (patch: ViewPatch) => void): () => void {
  const listeners = viewListeners.get(viewId) ?? new Set();
  listeners.add(listener);
  viewListeners.set(viewId, listeners);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) viewListeners.delete(viewId);
  };
}

/** Hears every new snapshot: what was fetched before it may be old, and views must be declared again. */
export function onSnapshot(listener: () => void): () => void {
  snapshotListeners.add(listener);
  return () => snapshotListeners.delete(listener);
}

export function setConnection(connection: Connection): void {
  useMirror.setState({ connection });
}

/** Takes a snapshot or a patch. false: a patch is missing in between, a new snapshot is needed. */
export function receiveUpdate(message: Extract<ServerMessage, { type: 'snapshot' | 'patch' }>): boolean {
  if (message.type === 'snapshot') {
    useMirror.setState({ house: message.state, epoch: message.epoch, revision: message.revision });
    for (const listener of snapshotListeners) listener();
    return true;
  }
  const { house, epoch, revision } = useMirror.getState();
  if (house === null || message.epoch !== epoch || message.revision !== revision + 1) return false;
  useMirror.setState({ house: applyPatch(house, message.patch), revision: message.revision });
  for (const view of message.patch.views ?? []) {
    for (const listener of viewListeners.get(view.viewId) ?? []) listener(view);
  }
  return true;
}

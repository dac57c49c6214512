/**
 * Owns the containers that live in this process, shared by all memory accounts in it. Called by memory-provider.ts,
 * and by tests and benches that make containers or look into them.
 */
import type { AssetHead } from '../../../src-shared/model/asset.ts';
import type { Tags } from '../../../src-shared/model/tags.ts';

export interface MemoryAsset {
  readonly head: AssetHead;
  readonly bytes: Uint8Array;
  readonly tags?: Tags;
}

export type MemoryContainer = Map<string, MemoryAsset>;

const containers = new Map<string, MemoryContainer>();

/** The container of this name, made when it is not there yet. */
export function makeMemoryContainer(name: string): MemoryContainer {
  const container = containers.get(name) ?? new Map<string, MemoryAsset>();
  containers.set(name, container);
  return container;
}

export function findMemoryContainer(name: string): MemoryContainer | undefined {
  return containers.get(name);
}

export function dropMemoryContainer(name: string): void {
  containers.delete(name);
}

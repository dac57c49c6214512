/**
 * Owns assets in memory as a provider, for tests and benches. Must behave as a real one does, failures included.
 * Made by registry.ts; called by workers.
 */
import { createHash } from 'node:crypto';
import type { AssetHead, ListedAsset } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import type { Tags } from '../../../src-shared/model/tags.ts';
import { readingActions, writingActions } from '../check-actions.ts';
import { type CheckFindings, runCheck } from '../check-steps.ts';
import { countedChunks } from '../counted-body.ts';
import type {
  CreateProvider,
  ListPage,
  OpenedAsset,
  OpenOptions,
  Provider,
  WriteBody,
  WriteOptions,
  WriteResult,
} from '../provider.ts';
import { memoryDescriptor } from './descriptor.ts';
import { findMemoryContainer, type MemoryContainer, makeMemoryContainer } from './memory-containers.ts';
import { parseSynthetic, syntheticBytes, syntheticKey, syntheticOrdinal } from './synthetic-assets.ts';

/** A destination that takes everything and keeps nothing. */
const DISCARD = 'discard';

export const createMemory: CreateProvider = (account) => {
  for (const name of (account.options.containers ?? '').split(',')) if (name !== '') makeMemoryContainer(name);
  return new MemoryProvider();
};

class MemoryProvider implements Provider {
  readonly descriptor = memoryDescriptor;

  async list(
    container: string,
    prefix: string,
    options: { readonly position: string | null; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<ListPage> {
    options.signal.throwIfAborted();
    const assets: ListedAsset[] = [];
    for (const asset of matching(container, prefix, options.position)) {
      if (assets.length === options.limit) return { assets, position: assets.at(-1)?.key ?? null };
      assets.push(asset);
    }
    return { assets, position: null };
  }

  async head(container: string, key: string, signal: AbortSignal): Promise<AssetHead | null> {
    signal.throwIfAborted();
    const synthetic = parseSynthetic(container);
    if (synthetic === null) return kept(container).get(key)?.head ?? null;
    return syntheticOrdinal(synthetic, key) === null ? null : syntheticHead(key, synthetic.sizeBytes);
  }

  async open(container: string, key: string, options: OpenOptions): Promise<OpenedAsset> {
    const head = await this.head(container, key, options.signal);
    if (head === null) return fail('not-found', `There is no asset ${key} in ${container}.`);
    const { first, last } = options.range ?? { first: 0, last: head.sizeBytes - 1 };
    const isOtherVersion = options.ifVersion !== undefined && options.ifVersion !== head.versionToken;
    if (isOtherVersion || last >= head.sizeBytes) fail('source-changed', `${key} in ${container} changed.`);
    return { head, body: chunksOf(container, key, first, last, options.signal), close: () => undefined };
  }

  async tags(container: string, key: string, signal: AbortSignal): Promise<Tags> {
    signal.throwIfAborted();
    return (parseSynthetic(container) === null ? kept(container).get(key)?.tags : undefined) ?? {};
  }

  async write(container: string, key: string, body: WriteBody, options: WriteOptions): Promise<WriteResult> {
    const target = container === DISCARD ? null : kept(container);
    this.assertKey(container, key);
    const hash = createHash('md5');
    const parts: Uint8Array[] = [];
    let written = 0;
    for await (const chunk of countedChunks(body, options.signal)) {
      hash.update(chunk);
      if (target !== null) parts.push(Buffer.from(chunk));
      written += chunk.byteLength;
      options.onProgress(written);
    }
    const md5 = hash.digest('hex');
    const claimed = body.vouchedMd5 ?? (await body.digests()).md5;
    if (claimed !== undefined && claimed !== md5) {
      fail('checksum-mismatch', `The bytes of ${key} are not those that were read.`);
    }
    options.signal.throwIfAborted();
    if (options.onlyIfAbsent && target?.has(key) === true) fail('already-exists', `${key} is already there.`);
    const versionToken = `"${md5}"`;
    const head: AssetHead = {
      key,
      sizeBytes: body.sizeBytes,
      versionToken,
      modifiedAtMs: options.modifiedAtMs ?? Date.now(),
      headers: options.headers,
      metadata: options.metadata,
      digests: { md5 },
    };
    target?.set(key, { head, bytes: Buffer.concat(parts), tags: options.tags });
    return { versionToken, vouches: claimed === undefined ? null : 'checksum' };
  }

  async remove(container: string, key: string, signal: AbortSignal, ifVersion?: string): Promise<void> {
    signal.throwIfAborted();
    const version = kept(container).get(key)?.head.versionToken;
    if (ifVersion !== undefined && version !== undefined && version !== ifVersion) {
      fail('source-changed', `${container}/${key} is another version than before.`);
    }
    kept(container).delete(key);
  }

  check(container: string, prefix: string, role: LocationRole, signal: AbortSignal): Promise<CheckReport> {
    const findings: CheckFindings = { remarks: [], sampleKeys: [] };
    const place = { provider: this, container, prefix, signal };
    if (role === 'source') return runCheck(readingActions(place, findings), findings, signal);
    const { actions, tidy } = writingActions(place, findings);
    return runCheck(container === DISCARD ? [] : actions, findings, signal, tidy);
  }

  assertKey(container: string, key: string): void {
    if (parseSynthetic(container) !== null) fail('permission-denied', `${container} cannot be written.`);
    if (key === '' || !key.isWellFormed()) fail('name-invalid', 'A key has at least one whole character.');
  }

  async close(): Promise<void> {
    // Containers belong to the process and outlive an account.
  }
}

/** Throws `not-found` when there is no such container. */
function kept(container: string): MemoryContainer {
  const found = container === DISCARD ? new Map() : findMemoryContainer(container);
  return found ?? fail('not-found', `There is no container ${container}.`, { field: 'container' });
}

function* matching(container: string, prefix: string, after: string | null): Generator<ListedAsset, void, void> {
  const synthetic = parseSynthetic(container);
  if (synthetic === null) {
    const keys = [...kept(container).keys()].filter((key) => key.startsWith(prefix) && (after === null || key > after));
    for (const key of keys.sort()) {
      const asset = kept(container).get(key);
      if (asset !== undefined) yield listed(asset.head);
    }
    return;
  }
  const afterOrdinal = after === null ? -1 : (syntheticOrdinal(synthetic, after) ?? synthetic.count);
  for (let ordinal = afterOrdinal + 1; ordinal < synthetic.count; ordinal += 1) {
    const key = syntheticKey(ordinal);
    if (key.startsWith(prefix)) yield listed(syntheticHead(key, synthetic.sizeBytes));
  }
}

function listed({ key, sizeBytes, versionToken, modifiedAtMs }: AssetHead): ListedAsset {
  return {
    key,
    sizeBytes,
    ...(versionToken === undefined ? {} : { versionToken }),
    ...(modifiedAtMs === undefined ? {} : { modifiedAtMs }),
  };
}

function syntheticHead(key: string, sizeBytes: number): AssetHead {
  return {
    key,
    sizeBytes,
    versionToken: `synthetic-${sizeBytes}`,
    headers: { contentType: 'application/octet-stream' },
    metadata: {},
    digests: {},
  };
}

async function* chunksOf(
  container: string,
  key: string,
  first: number,
  last: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const synthetic = parseSynthetic(container);
  const ordinal = synthetic === null ? null : syntheticOrdinal(synthetic, key);
  const bytes = ordinal === null ? kept(container).get(key)?.bytes : undefined;
  if (ordinal === null && bytes === undefined) fail('source-changed', `${key} was removed.`);
  const chunks = ordinal === null ? [bytes?.subarray(first, last + 1)] : syntheticBytes(ordinal, first, last);
  for (const chunk of chunks) {
    signal.throwIfAborted();
    if (chunk !== undefined && chunk.byteLength > 0) yield chunk;
  }
  signal.throwIfAborted();
}

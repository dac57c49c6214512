/**
 * Owns Azure Blob Storage as a provider: container = container. Must not change a key on its way. Made by registry.ts;
 * called by workers.
 */
import { BlobSASPermissions, SASProtocol } from '@azure/storage-blob';
import type { AssetHead } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import type { Tags } from '../../../src-shared/model/tags.ts';
import type {
  CopySource,
  CreateProvider,
  ListPage,
  OpenedAsset,
  OpenOptions,
  Provider,
  WriteBody,
  WriteOptions,
  WriteResult,
} from '../provider.ts';
import { AzureClient } from './azure-client.ts';
import { AzureFailureError } from './azure-failure.ts';
import { azureSettings } from './azure-settings.ts';
import { assertBlobKey } from './blob-key.ts';
import { checkAzure } from './check-azure.ts';
import { type CopyAddress, copyBlob } from './copy-blob.ts';
import { azureDescriptor } from './descriptor.ts';
import { discardBlocks } from './discard-blocks.ts';
import { BLOCKS_FROM_BYTES } from './limits.ts';
import { listBlobs } from './list-blobs.ts';
import { putBlob } from './put-blob.ts';
import { putInBlocks } from './put-in-blocks.ts';
import { findBlob, openBlob, readTags } from './read-blob.ts';

/** Long enough for the largest blob that is fetched in one request, at the slowest that the service goes on with. */
const COPY_LIFETIME_MS = 60 * 60 * 1_000;

/** One may be the asset's fault: a key that the service writes in another way. */
const MAX_REFUSALS = 3;

export const createAzure: CreateProvider = (account) =>
  new AzureProvider(new AzureClient(azureSettings(account)), BLOCKS_FROM_BYTES);

export class AzureProvider implements Provider {
  readonly descriptor = azureDescriptor;
  readonly #client: AzureClient;
  readonly #blocksFromBytes: number;
  /** How often in a row the service could not fetch from there, by origin: a private address stays one. */
  readonly #refusals = new Map<string, number>();

  constructor(client: AzureClient, blocksFromBytes: number) {
    this.#client = client;
    this.#blocksFromBytes = blocksFromBytes;
  }

  list(
    container: string,
    prefix: string,
    options: { readonly position: string | null; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<ListPage> {
    return listBlobs(this.#client, { container, prefix, ...options });
  }

  async head(container: string, key: string, signal: AbortSignal): Promise<AssetHead | null> {
    this.assertKey(container, key);
    return findBlob(this.#client, container, key, signal);
  }

  async open(container: string, key: string, options: OpenOptions): Promise<OpenedAsset> {
    this.assertKey(container, key);
    return openBlob(this.#client, container, key, options);
  }

  async tags(container: string, key: string, signal: AbortSignal): Promise<Tags> {
    this.assertKey(container, key);
    return readTags(this.#client, container, key, signal);
  }

  async write(container: string, key: string, body: WriteBody, options: WriteOptions): Promise<WriteResult> {
    options.signal.throwIfAborted();
    this.assertKey(container, key);
    const inBlocks = body.sizeBytes >= this.#blocksFromBytes;
    // The service decides at the end; looking first saves sending what it will refuse.
    if (inBlocks && options.onlyIfAbsent && (await this.head(container, key, options.signal)) !== null) {
      throwExists(container, key);
    }
    const put = inBlocks ? putInBlocks : putBlob;
    return refusedWhereTaken(container, key, options, put(this.#client, { container, key }, body, options));
  }

  giveUp(container: string, key: string, _mark: string, signal: AbortSignal): Promise<void> {
    return discardBlocks(this.#client, { container, key }, signal);
  }

  async copyFrom(
    source: CopySource,
    container: string,
    key: string,
    options: WriteOptions,
  ): Promise<WriteResult | null> {
    options.signal.throwIfAborted();
    this.assertKey(container, key);
    const address = await this.#addressOf(source);
    if (address === null) return null;
    const { origin } = new URL(address.url);
    if ((this.#refusals.get(origin) ?? 0) >= MAX_REFUSALS) return null;
    const head = await source.provider.head(source.container, source.key, options.signal);
    if (head === null || head.versionToken !== source.head.versionToken) {
      return fail('source-changed', `${source.container}/${source.key} is another version than before.`);
    }
    const seen = { container: source.container, key: source.key, head };
    const copying = copyBlob(this.#client, address, seen, { container, key }, options);
    const copied = await refusedWhereTaken(container, key, options, copying);
    if (copied === null) return null;
    this.#refusals.set(origin, copied === 'refused' ? (this.#refusals.get(origin) ?? 0) + 1 : 0);
    return copied === 'refused' ? null : copied;
  }

  async readUrl(container: string, key: string, lifetimeMs: number): Promise<string | null> {
    const { sharedKey, endpoint } = this.#client.settings;
    if (sharedKey === null) return null;
    this.assertKey(container, key);
    return this.#client.blob(container, key).generateSasUrl({
      permissions: BlobSASPermissions.from({ read: true }),
      expiresOn: new Date(Date.now() + lifetimeMs),
      ...(endpoint.protocol === 'https:' ? { protocol: SASProtocol.Https } : {}),
    });
  }

  async remove(container: string, key: string, signal: AbortSignal, ifVersion?: string): Promise<void> {
    this.assertKey(container, key);
    const blob = this.#client.blob(container, key);
    try {
      await this.#client.ask({ deed: `remove ${container}/${key}`, signal }, () =>
        blob.delete({
          abortSignal: signal,
          ...(ifVersion === undefined ? {} : { conditions: { ifMatch: ifVersion } }),
        }),
      );
    } catch (thrown) {
      if (!(thrown instanceof AzureFailureError) || thrown.azureCode !== 'BlobNotFound') throw thrown;
    }
  }

  check(container: string, prefix: string, role: LocationRole, signal: AbortSignal): Promise<CheckReport> {
    return checkAzure({ provider: this, container, prefix, signal }, this.#client, role);
  }

  assertKey(_container: string, key: string): void {
    assertBlobKey(key);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #addressOf({ provider, container, key }: CopySource): Promise<CopyAddress | null> {
    const url = (await provider.readUrl?.(container, key, COPY_LIFETIME_MS)) ?? null;
    if (!(provider instanceof AzureProvider)) return url === null ? null : { url, place: 'elsewhere' };
    const isSame = provider.#client.settings.endpoint.href === this.#client.settings.endpoint.href;
    if (!isSame) return url === null ? null : { url, place: 'other-account' };
    // A SAS token of the account's own goes where it came from.
    return { url: url ?? provider.#client.blob(container, key).url, place: 'same-account' };
  }
}

/** `If-None-Match: *` is refused in several ways. */
async function refusedWhereTaken<Result>(
  container: string,
  key: string,
  { onlyIfAbsent }: WriteOptions,
  writing: Promise<Result>,
): Promise<Result> {
  try {
    return await writing;
  } catch (thrown) {
    const isTaken =
      thrown instanceof AzureFailureError &&
      ['BlobAlreadyExists', 'ConditionNotMet', 'TargetConditionNotMet'].includes(thrown.azureCode);
    if (onlyIfAbsent && isTaken) throwExists(container, key);
    throw thrown;
  }
}

function throwExists(container: string, key: string): never {
  return fail('already-exists', `${container}/${key} is already there.`);
}

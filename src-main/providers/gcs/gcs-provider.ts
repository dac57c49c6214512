/**
 * Owns Google Cloud Storage as a provider: container = bucket. Must not change a key on its way. Made by registry.ts;
 * called by workers.
 */
import type { AssetHead } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
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
import { bytesWanted, wholeSizeOf } from '../wire/ranged-answer.ts';
import { receivedChunks } from '../wire/received-body.ts';
import { checkGcs } from './check-gcs.ts';
import { gcsDescriptor } from './descriptor.ts';
import { GcsClient } from './gcs-client.ts';
import { GcsFailureError } from './gcs-failure.ts';
import { gcsSettings } from './gcs-settings.ts';
import { CHUNK_BYTES, MAX_KEY_BYTES } from './limits.ts';
import { listObjects } from './list-objects.ts';
import { makeObject, provenResult } from './make-object.ts';
import { type ObjectTarget, objectPath } from './paths.ts';
import { rewriteObject } from './rewrite-object.ts';
import { assetHead, OBJECT_FIELDS, STORED_OBJECT, type StoredObject } from './stored-object.ts';
import { giveUpUpload, throwExists, uploadInChunks } from './upload-in-chunks.ts';

export const createGcs: CreateProvider = (account) => new GcsProvider(new GcsClient(gcsSettings(account)));

export class GcsProvider implements Provider {
  readonly descriptor = gcsDescriptor;
  readonly #client: GcsClient;

  constructor(client: GcsClient) {
    this.#client = client;
  }

  list(
    container: string,
    prefix: string,
    options: { readonly position: string | null; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<ListPage> {
    const { position, limit, signal } = options;
    return listObjects(this.#client, { bucket: container, prefix, after: position, limit, signal });
  }

  async head(container: string, key: string, signal: AbortSignal): Promise<AssetHead | null> {
    const object = await this.#find(container, key, signal);
    return object === null ? null : assetHead(object);
  }

  /** Two requests: an answer with bytes carries no user metadata. The condition keeps both to one generation. */
  async open(container: string, key: string, options: OpenOptions): Promise<OpenedAsset> {
    const { range, ifVersion, signal } = options;
    const what = `${container}/${key}`;
    const object = await this.#find(container, key, signal);
    if (object === null) return fail('not-found', `There is no ${what}.`);
    if (ifVersion !== undefined && object.generation !== ifVersion) {
      fail('source-changed', `${what} is another version than before.`);
    }
    const answer = await this.#client.request({
      method: 'GET',
      to: objectPath({ bucket: container, key }),
      query: { alt: 'media', ifGenerationMatch: object.generation },
      headers: {
        // Who does not take gzip gets compressed objects unpacked, which are not the stored bytes.
        'accept-encoding': 'gzip',
        ...(range === undefined ? {} : { range: `bytes=${range.first}-${range.last}` }),
      },
      deed: `read ${what}`,
      signal,
    });
    try {
      const { host } = this.#client.settings.endpoint;
      if (wholeSizeOf(answer.status, answer.headers) !== object.size) {
        fail('unsupported', `${host} does not hand out ${what} as it is stored: its size is another one.`, {
          hint: 'Something on the way unpacks or packs it; "Cache-Control: no-transform" on the object forbids that.',
        });
      }
      const promised = { host, ...bytesWanted(answer, range, what) };
      const body = receivedChunks(answer.body, promised, signal);
      return { head: assetHead(object), body, close: () => answer.body.destroy() };
    } catch (thrown) {
      answer.body.destroy();
      throw thrown;
    }
  }

  async write(container: string, key: string, body: WriteBody, options: WriteOptions): Promise<WriteResult> {
    options.signal.throwIfAborted();
    this.assertKey(container, key);
    const target = { bucket: container, key };
    const client = this.#client;
    const look = () => this.#find(container, key, options.signal);
    const isLarge = body.sizeBytes > CHUNK_BYTES;
    const object = await existsIsSaid(target, options, () =>
      isLarge ? uploadInChunks({ client, target, body, options }, look) : makeObject(client, target, body, options),
    );
    options.onProgress(body.sizeBytes);
    return provenResult(client, target, object, { ...(await body.digests()), sizeBytes: body.sizeBytes });
  }

  async giveUp(container: string, key: string, mark: string, signal: AbortSignal): Promise<void> {
    await giveUpUpload(this.#client, { bucket: container, key }, mark, signal);
  }

  async copyFrom(
    source: CopySource,
    container: string,
    key: string,
    options: WriteOptions,
  ): Promise<WriteResult | null> {
    options.signal.throwIfAborted();
    if (!(source.provider instanceof GcsProvider) || !this.#isServiceOf(source.provider)) return null;
    this.assertKey(container, key);
    const target = { bucket: container, key };
    // A listing brings neither digests nor headers. What is not described again, a copy does not have.
    const seen = await lookAt(source, options.signal);
    if (seen === null) return null;
    const described = { ...options, headers: seen.headers, metadata: seen.metadata };
    const object = await existsIsSaid(target, options, async () => {
      try {
        return await rewriteObject(this.#client, source, target, described);
      } catch (thrown) {
        // Two conditions and one refusal: only a look tells which of them did not hold.
        if (options.onlyIfAbsent && isUnmet(thrown) && (await this.#find(container, key, options.signal)) === null) {
          fail('source-changed', `${source.container}/${source.key} is another version than before.`);
        }
        throw thrown;
      }
    });
    if (object === null) return null;
    return provenResult(this.#client, target, object, { ...seen.digests, sizeBytes: source.head.sizeBytes });
  }

  async remove(container: string, key: string, signal: AbortSignal, ifVersion?: string): Promise<void> {
    try {
      const deed = `remove ${container}/${key}`;
      const answer = await this.#client.request({
        method: 'DELETE',
        to: objectPath({ bucket: container, key }),
        ...(ifVersion === undefined ? {} : { query: { ifGenerationMatch: ifVersion } }),
        deed,
        signal,
      });
      answer.body.resume();
    } catch (thrown) {
      if (!isMissingObject(thrown)) throw thrown;
    }
  }

  check(container: string, prefix: string, role: LocationRole, signal: AbortSignal): Promise<CheckReport> {
    return checkGcs({ provider: this, container, prefix, signal }, this.#client, role);
  }

  assertKey(_container: string, key: string): void {
    const bytes = Buffer.byteLength(key);
    const reason =
      key === ''
        ? 'it is empty'
        : bytes > MAX_KEY_BYTES
          ? `it has ${bytes} bytes, and ${MAX_KEY_BYTES} are the most`
          : !key.isWellFormed()
            ? 'it holds half of a surrogate pair, which has no bytes'
            : /[\r\n\0]/.test(key)
              ? 'it holds a line break or NUL'
              : key === '.' || key === '..'
                ? 'it is a dot segment'
                : key.startsWith('.well-known/acme-challenge/')
                  ? 'the service keeps this beginning for itself'
                  : null;
    if (reason === null) return;
    fail('name-invalid', `The key ${JSON.stringify(key.slice(0, 200))} cannot be stored in a bucket: ${reason}.`, {
      hint: 'Give this asset another destination key.',
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #isServiceOf(other: GcsProvider): boolean {
    return other.#client.settings.endpoint.origin === this.#client.settings.endpoint.origin;
  }

  async #find(container: string, key: string, signal: AbortSignal): Promise<StoredObject | null> {
    const to = objectPath({ bucket: container, key });
    const query = { fields: OBJECT_FIELDS };
    try {
      const deed = `look at ${container}/${key}`;
      return await this.#client.requestJson({ method: 'GET', to, query, deed, signal }, STORED_OBJECT);
    } catch (thrown) {
      if (isMissingObject(thrown)) return null;
      throw thrown;
    }
  }
}

/** The object alone; a bucket that is not there is a failure at the field of the container. */
function isMissingObject(thrown: unknown): boolean {
  return thrown instanceof GcsFailureError && thrown.status === 404 && thrown.failure.field === undefined;
}

/** null: it is gone, or may not be read. Reading and writing as usual says so in its own words. */
async function lookAt({ provider, container, key }: CopySource, signal: AbortSignal): Promise<AssetHead | null> {
  try {
    return await provider.head(container, key, signal);
  } catch (thrown) {
    if (thrown instanceof GcsFailureError && thrown.failure.code === 'permission-denied') return null;
    throw thrown;
  }
}

/** An ACL that may not be is refused with the same status. */
function isUnmet(thrown: unknown): boolean {
  return thrown instanceof GcsFailureError && thrown.status === 412 && thrown.failure.code === 'source-changed';
}

/** A condition of ours that did not hold means that the key is there. */
async function existsIsSaid<Value>(
  target: ObjectTarget,
  { onlyIfAbsent }: WriteOptions,
  write: () => Promise<Value>,
): Promise<Value> {
  try {
    return await write();
  } catch (thrown) {
    if (onlyIfAbsent && isUnmet(thrown)) return throwExists(target);
    throw thrown;
  }
}

/**
 * Owns S3-compatible storage as a provider: container = bucket. Must not change a key on its way. Made by registry.ts;
 * called by workers.
 */
import type { AssetHead } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import type { Tags } from '../../../src-shared/model/tags.ts';
import type {
  CopySource,
  CreateProvider,
  KeyPage,
  ListPage,
  OpenedAsset,
  OpenOptions,
  Provider,
  WriteBody,
  WriteOptions,
  WriteResult,
} from '../provider.ts';
import { bytesWanted } from '../wire/ranged-answer.ts';
import { receivedChunks } from '../wire/received-body.ts';
import { checkS3 } from './check-s3.ts';
import { copyObject } from './copy-object.ts';
import { s3Descriptor } from './descriptor.ts';
import { KeptListings } from './kept-listings.ts';
import { MAX_KEY_BYTES, MULTIPART_FROM_BYTES, USUAL_PART_BYTES } from './limits.ts';
import { listObjects, MAX_PAGE } from './list-objects.ts';
import { objectHead } from './object-asset.ts';
import { abortUpload } from './open-upload.ts';
import type { Conditions } from './presets.ts';
import { putInParts } from './put-in-parts.ts';
import { type ObjectTarget, putObject } from './put-object.ts';
import { S3Client } from './s3-client.ts';
import { S3FailureError } from './s3-failure.ts';
import { s3Settings } from './s3-settings.ts';
import { realClock, type StragglerClock } from './straggler.ts';
import { explained, hasTags, readTags, SeenToKeep, writeTags } from './tags-and-acl.ts';
import { readMark } from './upload-mark.ts';

export const createS3: CreateProvider = (account) =>
  new S3Provider(new S3Client(s3Settings(account)), MULTIPART_FROM_BYTES);

export class S3Provider implements Provider {
  readonly descriptor = s3Descriptor;
  readonly #client: S3Client;
  readonly #multipartFromBytes: number;
  readonly #partBytes: number;
  readonly #clock: StragglerClock;
  readonly #listings: KeptListings;
  /** What is known of If-None-Match, from the service's preset or found out. */
  #conditions: Conditions;
  #isLearning = false;
  /** A copy once had another digest than its source, so the service is not asked for one that proves nothing. */
  #copiesAreOpaque = false;
  /** A copy once had other tags than it was told, or nothing that proves it. */
  #copiesKeepTags = false;
  readonly #kept: SeenToKeep;

  /** Tests bring smaller parts, and a clock that stands still. */
  constructor(client: S3Client, multipartFromBytes: number, partBytes = USUAL_PART_BYTES, clock = realClock) {
    this.#client = client;
    this.#multipartFromBytes = multipartFromBytes;
    this.#partBytes = partBytes;
    this.#clock = clock;
    this.#listings = new KeptListings(client);
    this.#conditions = client.settings.preset.conditions;
    this.#kept = new SeenToKeep(client);
  }

  list(
    container: string,
    prefix: string,
    options: { readonly position: string | null; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<ListPage> {
    const { position, limit, signal } = options;
    return this.#listings.next({ bucket: container, prefix, position, limit, signal });
  }

  async keysAfter(container: string, after: string, signal: AbortSignal): Promise<KeyPage> {
    const page = { bucket: container, prefix: '', after: after === '' ? null : after, limit: MAX_PAGE, signal };
    const { assets, isTruncated } = await listObjects(this.#client, page);
    return { keys: assets.map(({ key }) => key), isEnd: !isTruncated };
  }

  async head(container: string, key: string, signal: AbortSignal): Promise<AssetHead | null> {
    try {
      const deed = `look at ${container}/${key}`;
      const headers = this.#client.settings.preset.readHeaders;
      const answer = await this.#client.request({ method: 'HEAD', bucket: container, key, headers, deed, signal });
      answer.body.resume();
      return objectHead(key, answer.status, answer.headers);
    } catch (thrown) {
      if (thrown instanceof S3FailureError && thrown.status === 404) return null;
      throw thrown;
    }
  }

  async open(container: string, key: string, options: OpenOptions): Promise<OpenedAsset> {
    const { range, ifVersion, signal } = options;
    const answer = await this.#client.request({
      method: 'GET',
      bucket: container,
      key,
      headers: {
        ...this.#client.settings.preset.readHeaders,
        ...(range === undefined ? {} : { range: `bytes=${range.first}-${range.last}` }),
        ...(ifVersion === undefined ? {} : { 'if-match': ifVersion }),
      },
      deed: `read ${container}/${key}`,
      signal,
    });
    try {
      const head = objectHead(key, answer.status, answer.headers);
      if (ifVersion !== undefined && head.versionToken !== ifVersion) {
        fail('source-changed', `${container}/${key} is another version than before.`);
      }
      const { host } = this.#client.settings.endpoint;
      const promised = { host, ...bytesWanted(answer, range, `${container}/${key}`) };
      return { head, body: receivedChunks(answer.body, promised, signal), close: () => answer.body.destroy() };
    } catch (thrown) {
      answer.body.destroy();
      throw thrown;
    }
  }

  /** A service that has none has none to tell. */
  async tags(container: string, key: string, signal: AbortSignal): Promise<Tags> {
    return this.#client.settings.preset.hasTags ? readTags(this.#client, { bucket: container, key }, signal) : {};
  }

  async write(container: string, key: string, body: WriteBody, options: WriteOptions): Promise<WriteResult> {
    options.signal.throwIfAborted();
    this.assertKey(container, key);
    this.#assertMayKeep(options);
    try {
      const written = await this.#put(container, key, body, options);
      if (hasTags(options) || options.acl !== null) await this.#settle(container, key, body, options, written);
      return written;
    } catch (thrown) {
      throw explained(thrown, options);
    }
  }

  async #put(container: string, key: string, body: WriteBody, options: WriteOptions): Promise<WriteResult> {
    const inParts = this.#isInParts(body);
    // Services differ in whether a completion honours the condition, so uploads in parts look first as well.
    const looksFirst = inParts || this.#conditions !== 'honoured';
    if (options.onlyIfAbsent && looksFirst) await this.#assertAbsent(container, key, options);
    const target = { bucket: container, key, ifAbsent: options.onlyIfAbsent && this.#conditions !== 'none' };
    try {
      if (inParts) return await putInParts(this.#client, target, body, options, this.#partBytes, this.#clock);
      const written = await putObject(this.#client, target, body, options);
      if (target.ifAbsent) await this.#learnConditions(target, body, options);
      return written;
    } catch (thrown) {
      if (!target.ifAbsent || !(thrown instanceof S3FailureError)) throw thrown;
      if (thrown.status === 412) return throwExists(container, key);
      if (thrown.status !== 501) throw thrown;
      const known = this.#conditions;
      this.#conditions = 'none';
      try {
        return await this.#put(container, key, body, options);
      } catch (again) {
        // It was something else that the service does not know.
        if (again instanceof S3FailureError && again.status === 501) this.#conditions = known;
        throw again;
      }
    }
  }

  async copyFrom(
    source: CopySource,
    container: string,
    key: string,
    options: WriteOptions,
  ): Promise<WriteResult | null> {
    options.signal.throwIfAborted();
    this.assertKey(container, key);
    if (!(source.provider instanceof S3Provider) || !source.provider.#client.isSameAccount(this.#client)) return null;
    if (this.#copiesAreOpaque || (hasTags(options) && this.#copiesKeepTags)) return null;
    this.#assertMayKeep(options);
    const target = { bucket: container, key, ifAbsent: options.onlyIfAbsent };
    const written = await copyObject(this.#client, source, target, options);
    if (written === null) return null;
    if (hasTags(options)) this.#copiesKeepTags = written.vouches === null;
    else this.#copiesAreOpaque = written.vouches === null;
    await this.#kept.assertKept(target, { ...options, tags: {} });
    return written;
  }

  giveUp(container: string, key: string, mark: string, signal: AbortSignal): Promise<void> {
    return abortUpload(this.#client, { bucket: container, key }, readMark(mark).id, signal);
  }

  async readUrl(container: string, key: string, lifetimeMs: number): Promise<string | null> {
    this.assertKey(container, key);
    return this.#client.readUrl(container, key, lifetimeMs);
  }

  async remove(container: string, key: string, signal: AbortSignal, ifVersion?: string): Promise<void> {
    const headers: Record<string, string> = ifVersion === undefined ? {} : { 'if-match': ifVersion };
    try {
      const deed = `remove ${container}/${key}`;
      const answer = await this.#client.request({ method: 'DELETE', bucket: container, key, headers, deed, signal });
      answer.body.resume();
    } catch (thrown) {
      // It knows no conditions here; others ignore them in silence.
      const isUnknown = ifVersion !== undefined && thrown instanceof S3FailureError && thrown.status === 501;
      if (isUnknown) return this.remove(container, key, signal);
      if (!(thrown instanceof S3FailureError) || thrown.s3Code !== 'NoSuchKey') throw thrown;
    }
  }

  check(container: string, prefix: string, role: LocationRole, signal: AbortSignal): Promise<CheckReport> {
    const place = { provider: this, container, prefix, signal };
    return checkS3(place, this.#client, role);
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
              : null;
    if (reason === null) return;
    fail('name-invalid', `The key ${JSON.stringify(key.slice(0, 200))} cannot be stored in a bucket: ${reason}.`, {
      hint: 'Give this asset another destination key.',
    });
  }

  async close(): Promise<void> {
    this.#listings.close();
    await this.#client.close();
  }

  /**
   * A service may pass over If-None-Match without a word, and then nothing would stop a write over what is there. So the
   * first small object is written twice: the second time must be refused. Until then keys are looked for as well.
   */
  async #learnConditions(target: ObjectTarget, body: WriteBody, options: WriteOptions): Promise<void> {
    if (this.#conditions !== 'unsure' || this.#isLearning || body.buffer === null) return;
    this.#isLearning = true;
    try {
      await putObject(this.#client, target, body, { ...options, onProgress: () => undefined });
      this.#conditions = 'none';
    } catch (thrown) {
      // Anything else than the refusal teaches nothing, and the object is there already.
      if (thrown instanceof S3FailureError && thrown.status === 412) this.#conditions = 'honoured';
    } finally {
      this.#isLearning = false;
    }
  }

  #isInParts({ sizeBytes }: WriteBody): boolean {
    return sizeBytes >= this.#multipartFromBytes;
  }

  /** Before a byte goes, where it is known. */
  #assertMayKeep(options: WriteOptions): void {
    const { preset } = this.#client.settings;
    this.#kept.assertMayKeep(options);
    if (preset.hasTags || !hasTags(options)) return;
    fail('unsupported', `${preset.label} keeps no tags.`, { hint: 'Leave the tags out of the migration.' });
  }

  /** Sees to it that what was written has its tags and its ACL; what was new and has not is taken away again. */
  async #settle(
    container: string,
    key: string,
    body: WriteBody,
    options: WriteOptions,
    { versionToken }: WriteResult,
  ): Promise<void> {
    const target = { bucket: container, key };
    try {
      if (hasTags(options) && this.#isInParts(body)) await writeTags(this.#client, target, options);
      await this.#kept.assertKept(target, options);
    } catch (thrown) {
      // Why it may not stay matters more than that it does; what somebody else put there since is not ours.
      if (options.onlyIfAbsent) {
        await this.remove(container, key, options.signal, versionToken ?? undefined).catch(() => undefined);
      }
      throw thrown;
    }
  }

  async #assertAbsent(container: string, key: string, options: WriteOptions): Promise<void> {
    if ((await this.head(container, key, options.signal)) !== null) throwExists(container, key);
  }
}

function throwExists(container: string, key: string): never {
  return fail('already-exists', `${container}/${key} is already there.`);
}

/**
 * Owns writing a large blob: blocks side by side, then the list that makes a blob of them, then what the service says
 * of it. The blob appears with the list only. Called by azure-provider.ts.
 *
 * A block's id carries its place and its MD5, and the service checks that MD5 when the block arrives. So a later try
 * finds out which of its blocks are there by their ids alone, and blocks of other bytes cannot mix in.
 *
 * Proof: the service never computes the MD5 of the whole and keeps unchecked what the list states. What it vouches for
 * is every block, in the order that it names afterwards. That is what the ETag of a multipart upload says elsewhere, so
 * the rung is `etag`. The MD5 of the whole is stated all the same: whoever reads the blob can check it.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { FailureError } from '../../../src-shared/model/failure.ts';
import { countedChunks } from '../counted-body.ts';
import type { WriteBody, WriteOptions, WriteResult } from '../provider.ts';
import type { AzureClient, Deed } from './azure-client.ts';
import { AzureFailureError } from './azure-failure.ts';
import { discardBlocks } from './discard-blocks.ts';
import { type Block, blocksOf } from './limits.ts';
import { type BlobTarget, blobOptions } from './put-blob.ts';

/** Blocks in flight for one blob, as many as parts elsewhere. */
const BLOCKS_AT_ONCE = 4;
/** Tidying up must not take longer than a shutdown may. */
const TIDY_TIMEOUT_MS = 3_000;
/** A write is found again by its key; the mark only says that there is one. */
const MARK = 'blocks';

interface Upload {
  readonly client: AzureClient;
  readonly target: BlobTarget;
  readonly body: WriteBody;
  readonly asked: Deed;
  /** Requests that are on their way. */
  readonly inFlight: Set<Promise<unknown>>;
}

interface SentBlock extends Block {
  readonly id: string;
}

export async function putInBlocks(
  client: AzureClient,
  target: BlobTarget,
  body: WriteBody,
  options: WriteOptions,
): Promise<WriteResult> {
  // One block that fails for good stops the others.
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const asked = { deed: `write ${target.container}/${target.key}`, signal };
  const upload: Upload = { client, target, body, asked, inFlight: new Set() };
  // Refuses what Azure cannot keep before any byte goes.
  blobOptions(options);
  const arrived = options.note?.unfinished == null ? [] : await findArrived(upload);
  await options.note?.begun(MARK);
  try {
    const blocks = await sendOthers(upload, arrived, options.onProgress);
    return await commit(upload, blocks, options);
  } catch (thrown) {
    stop.abort();
    if (options.note === null) await tidy(upload);
    throw thrown;
  }
}

/** The blocks of this body that rest there without being part of a blob. */
async function findArrived(upload: Upload): Promise<readonly SentBlock[]> {
  const sizes = await sizesById(upload);
  const arrived: SentBlock[] = [];
  if (sizes.size === 0) return arrived;
  for (const block of blocksOf(upload.body.sizeBytes)) {
    const id = blockId(block, await md5Of(upload, block));
    if (sizes.get(id) === sizeOf(block)) arrived.push({ ...block, id });
  }
  return arrived;
}

async function sizesById({ client, target, asked }: Upload): Promise<ReadonlyMap<string, number>> {
  const blob = client.blob(target.container, target.key);
  try {
    const list = await client.ask(asked, () => blob.getBlockList('uncommitted', { abortSignal: asked.signal }));
    return new Map(list.uncommittedBlocks?.map(({ name, size }) => [name, size]));
  } catch (thrown) {
    if (thrown instanceof AzureFailureError && thrown.azureCode === 'BlobNotFound') return new Map();
    throw thrown;
  }
}

async function sendOthers(
  upload: Upload,
  arrived: readonly SentBlock[],
  onProgress: (bytes: number) => void,
): Promise<readonly SentBlock[]> {
  const there = new Set(arrived.map(({ number }) => number));
  const waiting = blocksOf(upload.body.sizeBytes)
    .filter(({ number }) => !there.has(number))
    .values();
  const blocks = [...arrived];
  let written = arrived.reduce((sum, block) => sum + sizeOf(block), 0);
  if (written > 0) onProgress(written);
  const lane = async (): Promise<void> => {
    for (const block of waiting) {
      blocks.push(await sendBlock(upload, block));
      written += sizeOf(block);
      onProgress(written);
    }
  };
  await Promise.all(Array.from({ length: BLOCKS_AT_ONCE }, lane));
  return blocks.sort((a, b) => a.number - b.number);
}

/** The spool is read twice, so that a block never has to rest in memory whole and its MD5 goes before it. */
async function sendBlock(upload: Upload, block: Block): Promise<SentBlock> {
  const { client, target, asked, inFlight } = upload;
  const md5 = await md5Of(upload, block);
  const id = blockId(block, md5);
  const body = () => Readable.from(blockChunks(upload, block), { objectMode: false });
  const options = { abortSignal: asked.signal, transactionalContentMD5: md5 };
  const blob = client.blob(target.container, target.key);
  const sending = client.ask(asked, () => blob.stageBlock(id, body, sizeOf(block), options));
  inFlight.add(sending);
  try {
    await sending;
  } finally {
    inFlight.delete(sending);
  }
  return { ...block, id };
}

function sizeOf({ first, last }: Block): number {
  return last - first + 1;
}

/** All ids of a blob have one length; 48 bytes are what Microsoft's tools use, so that leftovers of theirs do no harm. */
function blockId({ number }: Block, md5: Buffer): string {
  return Buffer.from(`transship-${String(number).padStart(6, '0')}${md5.toString('hex')}`).toString('base64');
}

async function md5Of(upload: Upload, block: Block): Promise<Buffer> {
  const md5 = createHash('md5');
  for await (const chunk of blockChunks(upload, block)) md5.update(chunk);
  return md5.digest();
}

function blockChunks({ body, asked }: Upload, block: Block): AsyncIterable<Uint8Array> {
  const { first, last } = block;
  const range: WriteBody = {
    sizeBytes: sizeOf(block),
    buffer: body.buffer === null ? null : body.buffer.subarray(first, last + 1),
    isWhole: body.isWhole,
    digests: () => body.digests(),
    open: () => body.open({ first, last }),
  };
  return countedChunks(range, asked.signal);
}

/** When the answer was lost, the blob itself tells whether it took place. */
async function commit(upload: Upload, blocks: readonly SentBlock[], options: WriteOptions): Promise<WriteResult> {
  const { client, target, body, asked } = upload;
  const blob = client.blob(target.container, target.key);
  const { md5 } = await body.digests();
  const made = blobOptions(options);
  const ids = blocks.map(({ id }) => id);
  const blobHTTPHeaders = {
    ...made.blobHTTPHeaders,
    ...(md5 === undefined ? {} : { blobContentMD5: Buffer.from(md5, 'hex') }),
  };
  try {
    const { etag } = await client.ask(asked, () => blob.commitBlockList(ids, { ...made, blobHTTPHeaders }));
    const there = await committed(upload, blocks);
    return { versionToken: etag ?? null, vouches: there !== null && there === etag ? 'etag' : null };
  } catch (thrown) {
    const there = isBrokenConnection(thrown) ? await committed(upload, blocks).catch(() => null) : null;
    if (there === null) throw thrown;
    return { versionToken: there, vouches: 'etag' };
  }
}

/** The ETag of the blob when it is made of these blocks; null when it is another. */
async function committed({ client, target, asked }: Upload, blocks: readonly SentBlock[]): Promise<string | null> {
  const blob = client.blob(target.container, target.key);
  const list = await client.ask(asked, () => blob.getBlockList('committed', { abortSignal: asked.signal }));
  const there = list.committedBlocks ?? [];
  const isOurs = blocks.every((block, index) => {
    return there[index]?.name === block.id && there[index].size === sizeOf(block);
  });
  return isOurs && there.length === blocks.length ? (list.etag ?? null) : null;
}

/** What could not be removed now is left to the service's own rules; the failure that led here matters more. */
async function tidy({ client, target, inFlight }: Upload): Promise<void> {
  await Promise.allSettled(inFlight);
  await discardBlocks(client, target, AbortSignal.timeout(TIDY_TIMEOUT_MS)).catch(() => undefined);
}

function isBrokenConnection(thrown: unknown): boolean {
  return thrown instanceof FailureError && (thrown.failure.code === 'network' || thrown.failure.code === 'timeout');
}

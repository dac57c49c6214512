/**
 * Owns reading a blob: its headers, its tags, and exactly the bytes that were asked for. Called by azure-provider.ts.
 */
import type { AssetHead } from '../../../src-shared/model/asset.ts';
import { FailureError, fail, failure } from '../../../src-shared/model/failure.ts';
import type { Tags } from '../../../src-shared/model/tags.ts';
import type { OpenedAsset, OpenOptions } from '../provider.ts';
import { bytesWanted } from '../wire/ranged-answer.ts';
import { receivedChunks } from '../wire/received-body.ts';
import type { AzureClient } from './azure-client.ts';
import { AzureFailureError } from './azure-failure.ts';
import { blobHead } from './blob-asset.ts';

/** null when there is no such blob. A container that is missing is a failure, and so is everything else. */
export async function findBlob(
  client: AzureClient,
  container: string,
  key: string,
  signal: AbortSignal,
): Promise<AssetHead | null> {
  const blob = client.blob(container, key);
  try {
    const deed = { deed: `look at ${container}/${key}`, signal };
    const { _response: answer } = await client.ask(deed, () => blob.getProperties({ abortSignal: signal }));
    return blobHead(key, answer.status, answer.headers.toJson());
  } catch (thrown) {
    if (thrown instanceof AzureFailureError && isMissingBlob(thrown)) return null;
    throw thrown;
  }
}

/** Its index tags. */
export async function readTags(
  client: AzureClient,
  container: string,
  key: string,
  signal: AbortSignal,
): Promise<Tags> {
  const blob = client.blob(container, key);
  const deed = { deed: `read the tags of ${container}/${key}`, signal };
  return (await client.ask(deed, () => blob.getTags({ abortSignal: signal }))).tags;
}

export async function openBlob(
  client: AzureClient,
  container: string,
  key: string,
  { range, ifVersion, signal }: OpenOptions,
): Promise<OpenedAsset> {
  const what = `${container}/${key}`;
  const blob = client.blob(container, key);
  const asked =
    range === undefined ? { first: 0, count: undefined } : { ...range, count: range.last - range.first + 1 };
  const opened = await client.ask({ deed: `read ${what}`, signal }, () =>
    blob.download(asked.first, asked.count, {
      abortSignal: signal,
      maxRetryRequests: 0,
      ...(ifVersion === undefined ? {} : { conditions: { ifMatch: ifVersion } }),
    }),
  );
  const stream = opened.readableStreamBody ?? fail('unexpected', `The answer for ${what} has no body.`);
  const close = () => void ('destroy' in stream && typeof stream.destroy === 'function' && stream.destroy());
  // What breaks off while nobody reads is told to whoever reads on.
  stream.on('error', () => undefined);
  try {
    const answer = { status: opened._response.status, headers: opened._response.headers.toJson() };
    const head = blobHead(key, answer.status, answer.headers);
    // The service refuses a range behind the end; the emulator sends nothing of it.
    if (range !== undefined && head.sizeBytes >= 0 && range.last >= head.sizeBytes) {
      fail('source-changed', `${what} is shorter than it was.`, { hint: 'Another attempt reads it anew.' });
    }
    if (ifVersion !== undefined && head.versionToken !== ifVersion) {
      fail('source-changed', `${what} is another version than before.`);
    }
    const { host } = client.settings.endpoint;
    const promised = { host, ...bytesWanted(answer, range, what) };
    return { head, body: receivedChunks(unbroken(stream, host, signal), promised, signal), close };
  } catch (thrown) {
    close();
    throw thrown;
  }
}

/** The library's stream hides what broke behind an error of its own, which says only that bytes are missing. */
async function* unbroken(
  stream: NodeJS.ReadableStream,
  host: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof FailureError) throw thrown;
    const hint = 'Another attempt asks for the bytes again.';
    throw new FailureError(failure('network', `${host} broke off in the middle of an answer.`, { hint }), {
      cause: thrown,
    });
  }
}

function isMissingBlob({ status, azureCode }: AzureFailureError): boolean {
  return status === 404 && !azureCode.startsWith('Container');
}

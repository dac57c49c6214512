/**
 * Owns removing the blocks of a write that did not come to its end. Must never touch a blob. Called by put-in-blocks.ts
 * and azure-provider.ts.
 *
 * Azure has no request for it. Where there is no blob of the name, Delete Blob removes the blocks. Where there is one,
 * they stay: deleting would take the blob along, and committing its own list again would make a new version of it,
 * empty if it came in one request. The service drops them a week after the last one, or with the next write of the name.
 */

import type { AzureClient } from './azure-client.ts';
import { AzureFailureError } from './azure-failure.ts';
import type { BlobTarget } from './put-blob.ts';
import { findBlob } from './read-blob.ts';

/** Times of change have whole seconds. */
const TIME_GRAIN_MS = 1_000;

/** Quiet when there are none. */
export async function discardBlocks(
  client: AzureClient,
  { container, key }: BlobTarget,
  signal: AbortSignal,
): Promise<void> {
  const asked = { deed: `give up writing ${container}/${key}`, signal };
  const blob = client.blob(container, key);
  try {
    const list = await client.ask(asked, () => blob.getBlockList('uncommitted', { abortSignal: signal }));
    const { uncommittedBlocks = [], date } = list;
    if (uncommittedBlocks.length === 0 || date === undefined) return;
    if ((await findBlob(client, container, key, signal)) !== null) return;
    // A blob that somebody makes of this name from now on is refused to us by its time; blocks alone have none.
    const conditions = { ifUnmodifiedSince: new Date(date.getTime() - TIME_GRAIN_MS) };
    await client.ask(asked, () => blob.delete({ abortSignal: signal, conditions }));
  } catch (thrown) {
    const isGone = thrown instanceof AzureFailureError && (thrown.status === 404 || thrown.status === 412);
    if (!isGone) throw thrown;
  }
}

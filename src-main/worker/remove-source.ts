/**
 * Owns deleting a source whose copy is proven and recorded: looks at both ends right before, and lets the service compare
 * the version in the same stroke where it can. Must not know jobs. Called by worker.ts.
 */
import type { RemovalOrder } from '../../src-shared/contract/worker-messages.ts';
import { toFailure } from '../../src-shared/model/failure.ts';
import type { KeptReason } from '../../src-shared/model/source-removal.ts';
import type { Provider } from '../providers/provider.ts';
import { type Watch, watchCall } from './watch-call.ts';

/**
 * Why the source stays; null: it is gone, also when an earlier try that was not recorded did it. Throws `timeout`, or
 * the provider's own.
 */
export async function removeSource(
  { source, destination }: { readonly source: Provider; readonly destination: Provider },
  order: RemovalOrder,
  watch: Watch,
): Promise<KeptReason | null> {
  const { container, key } = order.source;
  const found = await watchCall(watch, 'The source', (signal) => source.head(container, key, signal));
  if (found === null) return null;
  if (found.versionToken !== order.sourceVersion) return 'source-changed';
  // Last, so that nothing but the deletion comes after it.
  const copy = await watchCall(watch, 'The destination', (signal) =>
    destination.head(order.destination.container, order.destination.key, signal),
  );
  if (copy === null || copy.versionToken !== order.destinationVersion) return 'copy-changed';
  try {
    await watchCall(watch, 'The source', (signal) => source.remove(container, key, signal, order.sourceVersion));
    return null;
  } catch (thrown) {
    if (toFailure(thrown).code === 'source-changed') return 'source-changed';
    throw thrown;
  }
}

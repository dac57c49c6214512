/**
 * Owns one page of a listing: asks the provider, bounded in time. Must not follow pages (the planner does).
 * Called by worker.ts.
 */
import type { ListPage, Provider } from '../providers/provider.ts';
import { watchCall } from './watch-call.ts';

/**
 * A page shows no sign of life until it is whole. Two minutes: a thousand keys over a slow store, or a folder of a
 * million files that has to be read and sorted before its first page.
 */
const PATIENCE = { answerMs: 120_000, graceMs: 1_000 };

export interface PageRequest {
  readonly container: string;
  readonly prefix: string;
  readonly position: string | null;
  readonly limit: number;
}

/** Rejects with FailureError: `timeout`, or the provider's own. */
export function listSource(
  provider: Provider,
  { container, prefix, position, limit }: PageRequest,
  stop: AbortSignal,
): Promise<ListPage> {
  return watchCall({ signal: stop, patience: PATIENCE }, 'The listing of the source', (signal) =>
    provider.list(container, prefix, { position, limit, signal }),
  );
}

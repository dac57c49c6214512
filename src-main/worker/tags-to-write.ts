/**
 * Owns which tags an asset gets: those of its source where the migration keeps them, and those that it sets. Must not
 * write. Called by run-attempt.ts before a byte is read: tags that the destination cannot hold cost nothing else.
 */
import { fail } from '../../src-shared/model/failure.ts';
import { type Tags, tagsProblem } from '../../src-shared/model/tags.ts';
import type { Attempt } from './attempt.ts';
import { watchCall } from './watch-call.ts';

/**
 * A source of a kind that has no tags has none to keep. Throws FailureError: `unsupported` or `invalid-input` for what the
 * destination cannot hold, or the provider's own.
 */
export async function tagsToWrite(attempt: Attempt): Promise<Tags> {
  const { order, destination } = attempt;
  const { label, capabilities } = destination.descriptor;
  const tags = { ...(order.content.tags === 'keep' ? await tagsThere(attempt) : {}), ...order.content.setTags };
  if (Object.keys(tags).length === 0) return tags;
  const problem =
    capabilities.tagCharacters === undefined
      ? `${label} keeps no tags.`
      : tagsProblem(tags, capabilities.tagCharacters);
  if (problem === null) return tags;
  return fail(capabilities.tagCharacters === undefined ? 'unsupported' : 'invalid-input', problem, {
    hint: 'Change the tags at the source, or drop them.',
  });
}

async function tagsThere(attempt: Attempt): Promise<Tags> {
  const { source, order } = attempt;
  const { container, key } = order.source;
  if (source.tags === undefined) return {};
  return watchCall(attempt, 'The source', async (signal) => (await source.tags?.(container, key, signal)) ?? {});
}

/** Owns how the words and flags of the command line become the request for a migration. Pure. Used by submit and plan. */
import type { Params } from '../../src-shared/contract/commands.ts';
import { fail } from '../../src-shared/model/failure.ts';
import { text } from './flag-values.ts';
import type { VerbInput } from './verb.ts';

const DEFAULT_ACCOUNT = 'this-computer';

export function requestOf({ words, flags }: Pick<VerbInput, 'words' | 'flags'>): Params<'migration.submit'> {
  const [source, destination] = words;
  if (source === undefined || destination === undefined) fail('invalid-input', 'Name a source and a destination.');
  return {
    source: {
      accountId: text(flags.from) ?? DEFAULT_ACCOUNT,
      container: source,
      prefix: text(flags.prefix) ?? '',
    },
    destination: {
      accountId: text(flags.to) ?? DEFAULT_ACCOUNT,
      container: destination,
      prefix: text(flags.into) ?? '',
    },
    policies: { overwrite: (text(flags.overwrite) ?? 'if-different') as 'if-different', minimumProof: 'size-only' },
  };
}

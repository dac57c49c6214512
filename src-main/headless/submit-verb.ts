/**
 * Owns the verb `submit`: which flags make which part of a request. Must not judge the request (the house does). Part of
 * cli-verbs.ts.
 */
import { METADATA_RULES } from '../../src-shared/model/content-rules.ts';
import { fail } from '../../src-shared/model/failure.ts';
import { OVERWRITE_POLICIES } from '../../src-shared/model/migration.ts';
import { LETTER_RULES, PLACEHOLDERS } from '../../src-shared/model/naming.ts';
import { PROOF_RUNGS } from '../../src-shared/model/proof.ts';
import { DIRECTORY_MARKER_RULES } from '../../src-shared/model/selection.ts';
import { MOVE_PROOF } from '../../src-shared/model/source-removal.ts';
import { readHeaderRule, readMoment, readSize, readTag } from '../../src-shared/model/written-values.ts';
import type { Call } from './call-house.ts';
import { submitFromReport } from './evidence-verbs.ts';
import { afterCopyOf, lines, oneOf, text } from './flag-values.ts';
import { submitUrls } from './submit-urls.ts';
import { assertEnd, THIS_COMPUTER, typedPlace } from './typed-ends.ts';
import type { Verb, VerbInput } from './verb.ts';

type Flags = VerbInput['flags'];

const USAGE = `submit SOURCE DESTINATION [--from ACCOUNT] [--to ACCOUNT] [--prefix P] [--into P] [FLAGS]
  submit --urls FILE DESTINATION [--from ACCOUNT] [--to ACCOUNT] [--into P] [--overwrite WORD] [--move]
  submit --from-report FILE`;

const HELP = `test both ends and ask for a migration; answers with its id, before it moves anything. From a list of addresses
      (text, CSV, TSV), or from a report: of what did not arrive by it; \`transship help submit\` lists the FLAGS`;

/** Those that say what is moved and how; a plan takes them too. */
export const MOVING_FLAGS = `      which assets:
        --include GLOB, --exclude GLOB   by the key below the prefix; ** is any folders; may be repeated
        --least-size N, --most-size N    500, 64KiB, 1.5MB
        --changed-after T, --changed-before T   2024-05-31 or 2024-05-31T12:00Z
        --markers ${DIRECTORY_MARKER_RULES.join('|')}         folders that are shown as empty objects
      how they are named:
        --strip P                        taken off the front of the key below the prefix
        --letters ${LETTER_RULES.join('|')}        slug: ASCII letters, digits and dashes
        --template T                     of ${PLACEHOLDERS.join(' ')}
      what becomes of them:
        --overwrite ${OVERWRITE_POLICIES.join('|')}   different bytes; headers are not compared
        --proof ${PROOF_RUNGS.join('|')}
        --move                           delete each source when its copy is proven (${MOVE_PROOF} or better) and recorded
        --cache-control GLOB=VALUE, --content-type GLOB=VALUE   the first that matches; may be repeated
        --metadata ${METADATA_RULES.join('|')}
        --tags ${METADATA_RULES.join('|')}                those of the source; a request for each asset
        --set-tag NAME=VALUE             for every asset; may be repeated
        --storage-class WORD, --acl WORD   in the words of the destination`;

/** Those that a report answers by itself. */
export const SUBMIT_FLAGS = [
  'urls',
  'from',
  'to',
  'prefix',
  'into',
  'include',
  'exclude',
  'least-size',
  'most-size',
  'changed-after',
  'changed-before',
  'markers',
  'strip',
  'letters',
  'template',
  'overwrite',
  'proof',
  'move',
  'cache-control',
  'content-type',
  'metadata',
  'tags',
  'set-tag',
  'storage-class',
  'acl',
] as const;

/** Of those above. */
const FLAGS_WITH_URLS: ReadonlySet<string> = new Set(['urls', 'from', 'to', 'into', 'prefix', 'overwrite', 'move']);

export const SUBMIT: Verb = {
  usage: USAGE,
  help: HELP,
  flags: MOVING_FLAGS,
  mostWords: 2,
  async run(call, input) {
    const { words, flags } = input;
    const report = text(flags['from-report']);
    if (report !== undefined) {
      const given = words[0] ?? SUBMIT_FLAGS.find((name) => flags[name] !== undefined);
      if (given !== undefined) {
        fail('invalid-input', 'With --from-report, source, destination and policies are those of the report.', {
          hint: `Leave out ${given === words[0] ? given : `--${given}`}.`,
        });
      }
      return submitFromReport(call, input, report);
    }
    const urls = text(flags.urls);
    if (urls !== undefined) {
      const stray = SUBMIT_FLAGS.find((name) => flags[name] !== undefined && !FLAGS_WITH_URLS.has(name));
      if (stray !== undefined) fail('invalid-input', `\`submit --urls\` takes no --${stray}.`);
      return submitUrls(call, input, urls);
    }
    const result = await call('migration.submit', await typedRequest(call, input));
    return {
      data: result,
      lines: [`Migration ${result.migrationId} is queued; ${result.position} jobs are ahead of it.`],
    };
  },
};

/** Tests both ends. Throws FailureError with what is wrong of what was typed, before anything is asked for. */
export async function typedRequest(call: Call, { words, flags, folder }: VerbInput) {
  const [source, destination] = words;
  if (source === undefined || destination === undefined) fail('invalid-input', 'Name a source and a destination.');
  // What is typed is judged before anything is asked of the ends.
  const filter = filterOf(flags);
  const policies = policiesOf(flags);
  const { accounts } = await call('account.list', {});
  const end = (container: string, account: Flags[string], prefix: Flags[string]) => ({
    ...typedPlace(accounts, text(account) ?? THIS_COMPUTER, container, folder),
    prefix: text(prefix) ?? '',
  });
  const ends = { source: end(source, flags.from, flags.prefix), destination: end(destination, flags.to, flags.into) };
  await assertEnd(call, ends.source, 'source');
  await assertEnd(call, ends.destination, 'destination');
  return { ...ends, selection: { kind: 'listing', filter }, policies } as const;
}

function filterOf(flags: Flags) {
  return {
    include: lines(flags.include),
    exclude: lines(flags.exclude),
    leastBytes: size(flags, 'least-size'),
    mostBytes: size(flags, 'most-size'),
    changedAfterMs: moment(flags, 'changed-after'),
    changedBeforeMs: moment(flags, 'changed-before'),
    directoryMarkers: oneOf(DIRECTORY_MARKER_RULES, flags.markers, '--markers') ?? 'move',
  } as const;
}

function policiesOf(flags: Flags) {
  return {
    overwrite: oneOf(OVERWRITE_POLICIES, flags.overwrite, '--overwrite') ?? 'if-different',
    minimumProof: oneOf(PROOF_RUNGS, flags.proof, '--proof'),
    afterCopy: afterCopyOf(flags),
    naming: {
      stripPrefix: text(flags.strip) ?? '',
      letters: oneOf(LETTER_RULES, flags.letters, '--letters') ?? 'keep',
      template: text(flags.template) ?? '',
    },
    content: {
      cacheControl: lines(flags['cache-control']).map(readHeaderRule),
      contentType: lines(flags['content-type']).map(readHeaderRule),
      metadata: oneOf(METADATA_RULES, flags.metadata, '--metadata') ?? 'keep',
      tags: oneOf(METADATA_RULES, flags.tags, '--tags') ?? 'drop',
      setTags: lines(flags['set-tag']).map(readTag),
      storageClass: text(flags['storage-class']) ?? null,
      acl: text(flags.acl) ?? null,
    },
  } as const;
}

function size(flags: Flags, name: string): number | null {
  return read(flags, name, readSize, 'Like 500, 64KiB or 1.5MB.');
}

function moment(flags: Flags, name: string): number | null {
  return read(flags, name, readMoment, 'Like 2024-05-31 or 2024-05-31T12:00Z.');
}

function read(flags: Flags, name: string, reader: (written: string) => number, hint: string): number | null {
  const written = text(flags[name]);
  if (written === undefined) return null;
  const value = reader(written);
  return Number.isNaN(value) ? fail('invalid-input', `"${written}" is nothing for --${name}.`, { hint }) : value;
}

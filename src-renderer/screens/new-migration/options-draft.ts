/**
 * Owns the options of a migration as they are typed: what becomes of them in a request, and what is no size or moment.
 * Pure. Must not judge what the schema judges. Called by form-state.ts and the options' form.
 */
import type { MetadataRule } from '../../../src-shared/model/content-rules.ts';
import type { LetterRule } from '../../../src-shared/model/naming.ts';
import type { Capabilities } from '../../../src-shared/model/provider.ts';
import type { DirectoryMarkerRule } from '../../../src-shared/model/selection.ts';
import { readHeaderRule, readMoment, readSize, readTag } from '../../../src-shared/model/written-values.ts';

/** Lists have a line each. */
export interface OptionsDraft {
  readonly include: string;
  readonly exclude: string;
  readonly leastSize: string;
  readonly mostSize: string;
  readonly changedAfter: string;
  readonly changedBefore: string;
  readonly directoryMarkers: DirectoryMarkerRule;
  readonly stripPrefix: string;
  readonly letters: LetterRule;
  readonly template: string;
  readonly cacheControl: string;
  readonly contentType: string;
  readonly metadata: MetadataRule;
  readonly tags: MetadataRule;
  readonly setTags: string;
  readonly storageClass: string;
  readonly acl: string;
}

export const NO_OPTIONS: OptionsDraft = {
  include: '',
  exclude: '',
  leastSize: '',
  mostSize: '',
  changedAfter: '',
  changedBefore: '',
  directoryMarkers: 'move',
  stripPrefix: '',
  letters: 'keep',
  template: '',
  cacheControl: '',
  contentType: '',
  metadata: 'keep',
  tags: 'drop',
  setTags: '',
  storageClass: '',
  acl: '',
};

/** Where in the request each of them stands, and a failure about it. */
export const OPTION_FIELDS = {
  include: 'selection.filter.include',
  exclude: 'selection.filter.exclude',
  leastSize: 'selection.filter.leastBytes',
  mostSize: 'selection.filter.mostBytes',
  changedAfter: 'selection.filter.changedAfterMs',
  changedBefore: 'selection.filter.changedBeforeMs',
  directoryMarkers: 'selection.filter.directoryMarkers',
  stripPrefix: 'policies.naming.stripPrefix',
  letters: 'policies.naming.letters',
  template: 'policies.naming.template',
  cacheControl: 'policies.content.cacheControl',
  contentType: 'policies.content.contentType',
  metadata: 'policies.content.metadata',
  tags: 'policies.content.tags',
  setTags: 'policies.content.setTags',
  storageClass: 'policies.content.storageClass',
  acl: 'policies.content.acl',
} as const satisfies Readonly<Record<keyof OptionsDraft, string>>;

export const OPTION_NAMES = Object.keys(OPTION_FIELDS) as (keyof OptionsDraft)[];

/** What was chosen for another destination is not asked of one that has nothing of the kind. */
export function withoutUnknown(draft: OptionsDraft, { tagCharacters, storageClasses, acls }: Partial<Capabilities>) {
  const { tags, setTags, storageClass, acl } = NO_OPTIONS;
  return {
    ...(tagCharacters === undefined ? { tags, setTags } : {}),
    ...(storageClasses?.includes(draft.storageClass) === true ? {} : { storageClass }),
    ...(acls?.includes(draft.acl) === true ? {} : { acl }),
  };
}

export function toFilter(draft: OptionsDraft) {
  return {
    include: linesOf(draft.include),
    exclude: linesOf(draft.exclude),
    leastBytes: orNone(draft.leastSize, readSize),
    mostBytes: orNone(draft.mostSize, readSize),
    changedAfterMs: orNone(draft.changedAfter, readMoment),
    changedBeforeMs: orNone(draft.changedBefore, readMoment),
    directoryMarkers: draft.directoryMarkers,
  };
}

export function toNaming({ stripPrefix, letters, template }: OptionsDraft) {
  return { stripPrefix, letters, template };
}

export function toContent(draft: OptionsDraft) {
  const { metadata, tags, storageClass, acl } = draft;
  return {
    cacheControl: linesOf(draft.cacheControl).map(readHeaderRule),
    contentType: linesOf(draft.contentType).map(readHeaderRule),
    metadata,
    tags,
    setTags: linesOf(draft.setTags).map(readTag),
    storageClass: storageClass === '' ? null : storageClass,
    acl: acl === '' ? null : acl,
  };
}

/** In words of the form: a schema only knows that it is no number. */
export function unreadable(draft: OptionsDraft): Partial<Record<keyof OptionsDraft, string>> {
  const wrong: Partial<Record<keyof OptionsDraft, string>> = {};
  for (const name of ['leastSize', 'mostSize'] as const) {
    if (Number.isNaN(orNone(draft[name], readSize))) wrong[name] = 'A size is like 500, 64 KiB or 1.5 MB.';
  }
  for (const name of ['changedAfter', 'changedBefore'] as const) {
    if (Number.isNaN(orNone(draft[name], readMoment))) wrong[name] = 'Like 2024-05-31 or 2024-05-31T12:00Z.';
  }
  return wrong;
}

/** The line that a failure at this place of the request is about; null: it is about no line. */
export function lineAt(draft: OptionsDraft, path: string): string | null {
  const name = OPTION_NAMES.find((candidate) => path.startsWith(`${OPTION_FIELDS[candidate]}.`));
  const index = name === undefined ? undefined : /\.(\d+)/.exec(path)?.[1];
  return name === undefined || index === undefined ? null : (linesOf(draft[name])[Number(index)] ?? null);
}

/** How many are other than they were at first. */
export function countSet(draft: OptionsDraft): number {
  return OPTION_NAMES.filter((name) => draft[name] !== NO_OPTIONS[name]).length;
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function orNone(written: string, read: (written: string) => number): number | null {
  return written.trim() === '' ? null : read(written);
}

/**
 * Owns what a migration changes about an asset besides its bytes: headers by pattern, metadata, tags, storage class,
 * ACL. Pure. Must not write. Called by the engine when it makes an order; its result is applied by the worker.
 */
import { matches } from './glob.ts';
import { type Tag, type Tags, tagsByName } from './tags.ts';

export const METADATA_RULES = ['keep', 'drop'] as const;
export type MetadataRule = (typeof METADATA_RULES)[number];

/** The first rule whose pattern matches the key below the source's prefix gives the value. */
export interface HeaderRule {
  readonly glob: string;
  readonly value: string;
}

export interface ContentRules {
  readonly cacheControl: readonly HeaderRule[];
  readonly contentType: readonly HeaderRule[];
  /** What users attached to an asset under names of their own. */
  readonly metadata: MetadataRule;
  /** Those that the source has. Keeping them costs a request for each asset and a right of its own. */
  readonly tags: MetadataRule;
  /** What every asset is given; its own tag of the same name gives way. */
  readonly setTags: readonly Tag[];
  /** In the words of the destination; null: as it decides. */
  readonly storageClass: string | null;
  /** Who may read, in one of the destination's words for it; null: as it decides. */
  readonly acl: string | null;
}

export const KEEP_CONTENT: ContentRules = {
  cacheControl: [],
  contentType: [],
  metadata: 'keep',
  tags: 'drop',
  setTags: [],
  storageClass: null,
  acl: null,
};

/** The rules as they are for one asset. */
export interface ContentChange {
  readonly headers: { readonly cacheControl?: string; readonly contentType?: string };
  readonly metadata: MetadataRule;
  readonly tags: MetadataRule;
  readonly setTags: Tags;
  readonly storageClass: string | null;
  readonly acl: string | null;
}

export function contentChange(keyBelowPrefix: string, rules: ContentRules): ContentChange {
  const cacheControl = valueFor(keyBelowPrefix, rules.cacheControl);
  const contentType = valueFor(keyBelowPrefix, rules.contentType);
  return {
    headers: {
      ...(cacheControl === undefined ? {} : { cacheControl }),
      ...(contentType === undefined ? {} : { contentType }),
    },
    metadata: rules.metadata,
    tags: rules.tags,
    setTags: tagsByName(rules.setTags),
    storageClass: rules.storageClass,
    acl: rules.acl,
  };
}

/** Whether the asset arrives with what it has at its source. Tags and ACL are apart from it: a copy can be given others. */
export function keepsContent({ headers, metadata, storageClass }: ContentChange): boolean {
  return Object.keys(headers).length === 0 && metadata === 'keep' && storageClass === null;
}

function valueFor(key: string, rules: readonly HeaderRule[]): string | undefined {
  return rules.find(({ glob }) => matches(glob, key))?.value;
}

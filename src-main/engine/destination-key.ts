/**
 * Owns how a source key becomes a destination key, and refusing those of which nothing is left. Pure. Must not judge
 * whether the destination can hold it (the provider does). Called by the planner and by submit.
 */
import type { Location } from '../../src-shared/model/asset.ts';
import { type Failure, failure } from '../../src-shared/model/failure.ts';
import type { NamedAsset } from '../../src-shared/model/migration.ts';
import { type NamingRules, usesDate } from '../../src-shared/model/naming.ts';
import { keyBelow } from '../../src-shared/model/selection.ts';
import { shownUrl } from '../../src-shared/model/url-key.ts';

/** `refusal`: the rules make no key of this one; `key` is how far they came. */
export interface DestinationKey {
  readonly key: string;
  readonly refusal?: Failure;
}

export interface KeySource {
  readonly key: string;
  readonly modifiedAtMs?: number | undefined;
}

/** Where it comes from, where it goes, and how it is named there. */
export interface KeyWay {
  readonly source: Pick<Location, 'prefix'>;
  readonly destination: Pick<Location, 'prefix'>;
  readonly naming: NamingRules;
}

/**
 * The folder of the source prefix is replaced by the destination prefix: with prefixes "photos/2024/" and "archive",
 * "photos/2024/a b.jpg" becomes "archive/a b.jpg". What the rules do not ask for is not done: no normalising, no trimming.
 */
export function destinationKey(asset: KeySource, { source, destination, naming }: KeyWay): DestinationKey {
  const below = keyBelow(asset.key, source.prefix);
  const stripped = below.startsWith(naming.stripPrefix) ? below.slice(naming.stripPrefix.length) : below;
  const lettered = withLetters(stripped, naming);
  const { template } = naming;
  // A folder has no name that a template could be filled with.
  const named = template === '' || lettered.endsWith('/') ? lettered : fill(template, lettered, asset.modifiedAtMs);
  if (named === null) {
    const message = 'The source does not say when this asset was changed, and the template asks for the date.';
    return { key: joinPrefix(destination.prefix, lettered), refusal: failure('name-invalid', message) };
  }
  const key = joinPrefix(destination.prefix, named);
  return isEmptied(below, named, naming) ? { key, refusal: nothingLeft(below) } : { key };
}

/** The key that a person gave for it, under the destination prefix; else what its source key says. */
export function namedDestination(asset: NamedAsset, way: KeyWay): DestinationKey {
  if (asset.destinationKey !== undefined) return { key: joinPrefix(way.destination.prefix, asset.destinationKey) };
  return destinationKey({ key: asset.sourceKey }, way);
}

/** Two assets that would become the same key: the second is told of the first. */
export function sameKeyRefusal(sourceKey: string, takenBy: string, key: string): Failure {
  return failure('already-exists', `${shownUrl(sourceKey)} and ${shownUrl(takenBy)} would both become ${key}.`, {
    hint: 'Only the first is moved. Move this one by itself, under another name, or change how keys are made.',
  });
}

/** A destination prefix is a folder: it gets its slash when it lacks one. */
export function joinPrefix(prefix: string, key: string): string {
  if (prefix === '') return key;
  return prefix.endsWith('/') ? `${prefix}${key}` : `${prefix}/${key}`;
}

function nothingLeft(below: string): Failure {
  return failure('name-invalid', `By the rules for keys nothing is left of a name in ${below}.`, {
    hint: 'Keep the letters, or strip less.',
  });
}

/** Rules may shorten a name, not make it vanish: then it would be another key, or that of its folder. */
function isEmptied(below: string, made: string, { stripPrefix, letters, template }: NamingRules): boolean {
  if (stripPrefix === '' && letters === 'keep' && template === '') return false;
  if (made === '' || (made.endsWith('/') && !below.endsWith('/'))) return true;
  const empties = (key: string): number => key.split('/').filter((segment) => segment === '').length;
  return letters === 'slug' && empties(made) > empties(below);
}

function withLetters(key: string, { letters }: NamingRules): string {
  if (letters === 'keep') return key;
  if (letters === 'lower') return key.toLowerCase();
  const segments = key.split('/');
  return segments
    .map((segment, index) => (index === segments.length - 1 ? slugOfName(segment) : slug(segment)))
    .join('/');
}

function slugOfName(name: string): string {
  const { stem, extension } = partsOf(name);
  const made = slug(stem);
  const ending = slug(extension);
  return made === '' || ending === '' ? made : `${made}.${ending}`;
}

/** Letters that are no base letter with an accent. */
const SPELLED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
};

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[ßæœøđðþłı]/g, (letter) => SPELLED[letter] ?? letter)
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** ".htaccess" is a name without extension; "a." has an empty one, which is kept as part of the name. */
function partsOf(name: string): { readonly stem: string; readonly extension: string } {
  const dot = name.lastIndexOf('.');
  if (dot < 1 || dot === name.length - 1) return { stem: name, extension: '' };
  return { stem: name.slice(0, dot), extension: name.slice(dot + 1) };
}

/** null: it asks for a date that nobody knows. Where {dir} or {ext} is empty, the "/" or "." beside it goes too. */
function fill(template: string, key: string, modifiedAtMs: number | undefined): string | null {
  const date = new Date(modifiedAtMs ?? Number.NaN);
  if (usesDate(template) && Number.isNaN(date.getTime())) return null;
  const slash = key.lastIndexOf('/');
  const dir = key.slice(0, Math.max(0, slash));
  const { stem, extension } = partsOf(key.slice(slash + 1));
  const values: Readonly<Record<string, string>> = { key, dir, name: stem, ext: extension };
  const joined = template
    .replaceAll('{dir}/', dir === '' ? '' : '{dir}/')
    .replaceAll('.{ext}', extension === '' ? '' : '.{ext}');
  // In one pass: what a key brings is never taken for a placeholder.
  return joined.replace(/\{(key|dir|name|ext|date:[^{}]+)\}/g, (_, word: string) =>
    word.startsWith('date:') ? dateOf(word.slice(5), date) : (values[word] ?? ''),
  );
}

function dateOf(format: string, date: Date): string {
  const padded = (value: number, digits: number): string => String(value).padStart(digits, '0');
  return format
    .replaceAll('YYYY', padded(date.getUTCFullYear(), 4))
    .replaceAll('MM', padded(date.getUTCMonth() + 1, 2))
    .replaceAll('DD', padded(date.getUTCDate(), 2));
}

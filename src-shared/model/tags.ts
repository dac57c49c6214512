/**
 * Owns what tags are: names with values that a service keeps beside an asset, apart from its bytes and its metadata; and
 * what is wrong with one. Pure. Must not know any provider: its capabilities say which characters it takes. Called by
 * the engine for a request, and by the worker for what the source has.
 */

export interface Tag {
  readonly name: string;
  readonly value: string;
}

/** By name. */
export type Tags = Readonly<Record<string, string>>;

/** Amazon's limits (user guide, "Categorizing your storage using tags"), which Azure has too. */
export const MAX_TAGS = 10;
export const MAX_TAG_NAME_CHARACTERS = 128;
export const MAX_TAG_VALUE_CHARACTERS = 256;

/** As a sentence; null: nothing. `characters` are those of the capabilities. */
export function tagProblem({ name, value }: Tag, characters: string): string | null {
  const shown = JSON.stringify(name.slice(0, MAX_TAG_NAME_CHARACTERS));
  const spells = (text: string, bounds: string): boolean => new RegExp(`^[${characters}]${bounds}$`, 'u').test(text);
  if (name === '') return 'A tag has no name.';
  if (name.length > MAX_TAG_NAME_CHARACTERS)
    return `${MAX_TAG_NAME_CHARACTERS} characters are the most for a tag's name.`;
  if (value.length > MAX_TAG_VALUE_CHARACTERS) {
    return `The tag ${shown} is too long: ${MAX_TAG_VALUE_CHARACTERS} characters are the most for a value.`;
  }
  if (name.toLowerCase().startsWith('aws:')) return `Names like ${shown} are Amazon's own.`;
  if (spells(name, '+') && spells(value, '*')) return null;
  return `The tag ${shown} holds a character that the destination does not take in tags.`;
}

/** As a sentence; null: nothing. */
export function tagsProblem(tags: Tags, characters: string): string | null {
  const all = Object.entries(tags);
  if (all.length > MAX_TAGS) return `There are ${all.length} tags, and ${MAX_TAGS} are the most.`;
  for (const [name, value] of all) {
    const problem = tagProblem({ name, value }, characters);
    if (problem !== null) return problem;
  }
  return null;
}

/** The later of two of one name counts. */
export function tagsByName(tags: readonly Tag[]): Tags {
  return Object.fromEntries(tags.map(({ name, value }) => [name, value]));
}

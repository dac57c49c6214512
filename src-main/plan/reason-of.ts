/** Owns the sentence that says why an asset is in its class. Pure. Used by plan-book.ts. */
import type { PlanClass } from '../../src-shared/model/plan.ts';

export interface Grounds {
  /** What the comparison found, in the words of plan-sql.ts; null: nothing has the key. */
  readonly why: string | null;
  /** The other key of a conflict, where there is one. */
  readonly other: string | null;
  readonly refusal: string | null;
  /** The name in the key that Windows keeps for itself. */
  readonly name: string | null;
}

const WORDS: Readonly<Record<string, string>> = {
  'no-size': 'Its size is not known before it is read.',
  'other-size': 'Another size.',
  'other-etag': 'The same size, another digest.',
  'same-etag': 'The same size and digest.',
  'same-moment': 'The same size and modification time.',
  'same-size': 'The same size; only reading both can tell.',
};

export function reasonOf(planClass: PlanClass, { why, other, refusal, name }: Grounds): string {
  if (planClass === 'refused') return refusal ?? '';
  const against = other === null ? 'another key' : other;
  switch (why) {
    case null:
      return 'Nothing has this key.';
    case 'same-key':
      return `The same destination key as ${against}.`;
    case 'unicode':
      return `Like ${against} but for the Unicode form: one file on many disks.`;
    case 'case':
      return `Like ${against} but for upper and lower case: one file on many disks.`;
    case 'reserved':
      return `Windows cannot have a file of the name "${name ?? ''}".`;
    case 'folder':
      return 'It would be a file and a folder of one name.';
    default:
      return WORDS[why] ?? why;
  }
}

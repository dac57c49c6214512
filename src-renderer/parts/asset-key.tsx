/**
 * Owns how a key looks in a row: one line, cut in the middle, its tail whole; the whole key on hover. Right-to-left
 * names keep their own direction without turning the rest around. Must not change the key.
 */
import styles from './asset-key.module.css';

/** LOOK: a tail of 14 to 22 characters stays. */
const TAIL_CHARACTERS = 18;

/** Control characters and direction marks would play tricks with the line: they are shown as what they are. */
export function visibleKey(key: string): string {
  return key.replace(/\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

export interface KeyParts {
  readonly head: string;
  readonly tail: string;
}

/** Where the line may be cut: never inside what a person sees as one character. Pure. */
export function cutKey(key: string): KeyParts {
  const characters = [...new Intl.Segmenter().segment(key)].map(({ segment }) => segment);
  if (characters.length <= TAIL_CHARACTERS) return { head: '', tail: key };
  return {
    head: characters.slice(0, -TAIL_CHARACTERS).join(''),
    tail: characters.slice(-TAIL_CHARACTERS).join(''),
  };
}

export function AssetKey({ value }: { readonly value: string }) {
  const shown = visibleKey(value);
  const { head, tail } = cutKey(shown);
  const slash = tail.lastIndexOf('/');
  return (
    <span className={styles.key} title={shown}>
      {head !== '' && <bdi className={styles.head}>{head}</bdi>}
      <bdi className={styles.tail}>
        {slash >= 0 && <span className={styles.folder}>{tail.slice(0, slash + 1)}</span>}
        {tail.slice(slash + 1)}
      </bdi>
    </span>
  );
}

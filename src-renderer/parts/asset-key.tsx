/**
 * Owns how a key looks in a row: one line, cut in the middle, its tail whole; the whole key on hover. A key is read from
 * left to right whatever it is written in: right-to-left words turn inside it, never the slashes around them. Must not
 * change the key.
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
  // The file's name stands out from its folder, wherever the cut falls.
  const nameStart = shown.lastIndexOf('/') + 1;
  const inTail = Math.max(0, nameStart - head.length);
  return (
    <span className={styles.key} title={shown}>
      {head !== '' && (
        <bdi dir="ltr" className={styles.head}>
          <span className={styles.folder}>{head.slice(0, nameStart)}</span>
          {head.slice(nameStart)}
        </bdi>
      )}
      <bdi dir="ltr" className={styles.tail}>
        {inTail > 0 && <span className={styles.folder}>{tail.slice(0, inTail)}</span>}
        {tail.slice(inTail)}
      </bdi>
    </span>
  );
}

/** Owns pasting a list of addresses: the text, what was read from it, and the lines that need a look. */
import { useMemo } from 'react';
import type { Failure } from '../../../src-shared/model/failure.ts';
import { formatCount, formatNumberOf } from '../../format/count.ts';
import { AssetKey } from '../../parts/asset-key.tsx';
import { TextField } from '../../parts/text-field.tsx';
import styles from './new-migration-screen.module.css';
import { parseUrlList } from './url-list.ts';

/** More lines than this are told as a number. */
const MOST_SHOWN = 5;

export interface UrlListFormProps {
  readonly text: string;
  readonly failure: Failure | undefined;
  readonly onChange: (text: string) => void;
}

export function UrlListForm({ text, failure, onChange }: UrlListFormProps) {
  const list = useMemo(() => parseUrlList(text), [text]);
  const withKey = list.assets.find((asset) => asset.destinationKey !== undefined);
  return (
    <>
      <TextField
        label="Addresses"
        value={text}
        onChange={onChange}
        rows={8}
        help="One address a line. A TAB, or a comma and a space, may stand before a destination key. # begins a remark."
        placeholder={'https://static.example.com/a.jpg\nhttps://static.example.com/b.jpg\timages/b.jpg'}
        failure={failure}
        mono
      />
      {text.trim() !== '' && (
        <div className={styles.list} role="status">
          <p>{formatNumberOf(list.assets.length, 'address', 'addresses')} read.</p>
          {withKey?.destinationKey !== undefined && (
            <p className={styles.example}>
              <AssetKey value={withKey.sourceKey} /> <span aria-hidden>→</span>{' '}
              <AssetKey value={withKey.destinationKey} />
            </p>
          )}
          {list.commaLines > 0 && (
            <p>
              {formatNumberOf(list.commaLines, 'line')} with a comma {list.commaLines === 1 ? 'was' : 'were'} read as
              one address. Put a space after the comma if a destination key follows it.
            </p>
          )}
          {list.problems.length > 0 && (
            <ul className={styles.problems} aria-label="Lines that need a look">
              {list.problems.slice(0, MOST_SHOWN).map(({ line, message }) => (
                <li key={line}>
                  <strong>Line {formatCount(line)}</strong> {message}
                </li>
              ))}
              {list.problems.length > MOST_SHOWN && (
                <li>and {formatNumberOf(list.problems.length - MOST_SHOWN, 'more line')}</li>
              )}
            </ul>
          )}
        </div>
      )}
    </>
  );
}

/**
 * Owns a search box that tells what was typed once the typing rests, so that a long list is not asked for every
 * letter. Used by the jobs and migrations screens.
 */
import { Search, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from '../parts/button.tsx';
import styles from './search-field.module.css';

const REST_MS = 250;

export interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Beside the text: how many match. */
  readonly note?: string;
}

export function SearchField({ label, value, onChange, note = '' }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  // Back and forward change what is searched for without typing.
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = window.setTimeout(() => onChange(typed), REST_MS);
    return () => window.clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <div className={styles.box}>
      <Search size={16} strokeWidth={1.6} aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        maxLength={500}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onChange(typed);
          if (event.key === 'Escape') setTyped('');
        }}
      />
      <span className={styles.note}>{note}</span>
      {typed !== '' && <IconButton icon={X} label="Clear the search" size="small" onClick={() => setTyped('')} />}
    </div>
  );
}

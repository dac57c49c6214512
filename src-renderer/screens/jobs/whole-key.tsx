/**
 * Owns a key in full: wrapped, its file name brighter than its folders, and copied as it is with one press. Must not
 * change the key. Used by the detail pane.
 */
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { visibleKey } from '../../parts/asset-key.tsx';
import { IconButton } from '../../parts/button.tsx';
import { showFailure } from '../../parts/toasts.tsx';
import styles from './whole-key.module.css';

/** The sign that it was copied stays this long. */
const COPIED_MS = 1_500;

export function WholeKey({ value }: { readonly value: string }) {
  const shown = visibleKey(value);
  const slash = shown.lastIndexOf('/', shown.length - 2);
  return (
    <div className={styles.key}>
      <p className={styles.text}>
        <bdi className={styles.folder}>{shown.slice(0, slash + 1)}</bdi>
        <bdi className={styles.name}>{shown.slice(slash + 1)}</bdi>
      </p>
      <CopyButton value={value} what="the key" />
    </div>
  );
}

export function CopyButton({ value, what }: { readonly value: string; readonly what: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = window.setTimeout(() => setCopied(false), COPIED_MS);
    return () => window.clearTimeout(timer);
  }, [isCopied]);
  return (
    <IconButton
      icon={isCopied ? Check : Copy}
      label={isCopied ? `Copied ${what}` : `Copy ${what}`}
      size="small"
      onClick={() => navigator.clipboard.writeText(value).then(() => setCopied(true), showFailure)}
    />
  );
}

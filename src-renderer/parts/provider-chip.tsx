/** Owns the little tag that names a provider: "S3", "disk". Must not look accounts up. */
import styles from './provider-chip.module.css';

export function ProviderChip({ chip, label }: { readonly chip: string; readonly label?: string }) {
  return (
    <span className={styles.chip} title={label}>
      {chip}
    </span>
  );
}

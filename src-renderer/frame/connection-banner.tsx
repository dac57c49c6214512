/** Owns saying that what is on screen is old because the connection broke. It floats: nothing below it moves. */
import type { Connection } from '../channel/client.ts';
import styles from './connection-banner.module.css';

export function ConnectionBanner({ connection }: { readonly connection: Connection }) {
  if (connection === 'connected') return null;
  return (
    <p className={styles.banner} role="status" data-banner>
      Reconnecting. Shown is the last that was known.
    </p>
  );
}

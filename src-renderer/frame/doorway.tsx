/**
 * Owns what is seen before the house is: a calm wait, or, in a browser whose session ended, the way back in.
 */
import { type FormEvent, useEffect, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { TextField } from '../parts/text-field.tsx';
import { connectWithCode } from '../state/house-client.ts';
import styles from './doorway.module.css';

/** A wait that most never see; it is said only when it is long. */
const QUIET_MS = 600;

export function Waiting() {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLong(true), QUIET_MS);
    return () => window.clearTimeout(timer);
  }, []);
  if (!isLong) return null;
  return (
    <main className={styles.page}>
      <h1 className={styles.title}>Opening the house</h1>
      <p className={styles.text}>Waiting for Transship to answer.</p>
    </main>
  );
}

export function ClosedOut() {
  const [address, setAddress] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // A whole address or just its code: people paste either.
    const code = address.trim().replace(/^.*#code=/, '');
    if (code !== '') void connectWithCode(code);
  };
  return (
    <main className={styles.page}>
      <h1 className={styles.title}>This page needs a new code</h1>
      <p className={styles.text}>
        An address opens Transship once and only for a minute, and a page forgets it when it is loaded again. Work goes
        on meanwhile. Run <code>transship open</code> in the terminal for a new address, or paste it here.
      </p>
      <form className={styles.form} onSubmit={submit}>
        <TextField label="Address or code" value={address} onChange={setAddress} mono autoFocus />
        <Button type="submit" tone="primary" disabled={address.trim() === ''}>
          Open
        </Button>
      </form>
    </main>
  );
}

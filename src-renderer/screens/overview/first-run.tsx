/**
 * Owns what a first-time user sees: the journey of an asset drawn once, and a sample that makes it, with one click and
 * without an account.
 */
import { FileText, HardDrive, Play, Plug } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { showFailure } from '../../parts/toasts.tsx';
import { call } from '../../state/house-client.ts';
import { href } from '../../state/route.ts';
import styles from './first-run.module.css';

export function FirstRun() {
  const [isStarting, setStarting] = useState(false);
  async function start(): Promise<void> {
    setStarting(true);
    try {
      await call('migration.sample', {});
    } catch (error) {
      showFailure(error);
    }
    setStarting(false);
  }
  return (
    <section className={styles.first} aria-label="First steps">
      <div>
        <p className={styles.title}>Nothing is moving yet.</p>
        <p className={styles.text}>
          Try the whole journey once with files that the app makes: 24 assets, 18 MB, from one folder on this computer
          to another. It takes a few seconds and needs no account.
        </p>
      </div>
      <Journey />
      <div className={styles.start}>
        <Button tone="primary" size="large" icon={Play} disabled={isStarting} onClick={() => void start()}>
          Run the sample migration
        </Button>
        Remove it all with one click, on its page.
      </div>
      <nav className={styles.ways} aria-label="Other ways to begin">
        <a className={styles.way} href={href('accounts')}>
          <Plug size={16} strokeWidth={1.6} aria-hidden />
          <b>Connect an account</b>
          <span>S3 and everything that speaks its language, or a web server</span>
        </a>
        <a className={styles.way} href={href('new')}>
          <HardDrive size={16} strokeWidth={1.6} aria-hidden />
          <b>Move a folder</b>
          <span>From a disk to a disk or a bucket, every byte proven</span>
        </a>
        <a className={styles.way} href={href('new', undefined, { source: 'urls' })}>
          <FileText size={16} strokeWidth={1.6} aria-hidden />
          <b>Paste a list of addresses</b>
          <span>One URL a line, checked line by line before anything starts</span>
        </a>
      </nav>
    </section>
  );
}

function Journey() {
  const arrow = <span className={styles.arrow} aria-hidden />;
  return (
    <div className={styles.journey}>
      <h2>Source</h2>
      <span />
      <h2>Spool</h2>
      <span />
      <h2>Destination</h2>
      <span />
      <h2>Proof</h2>
      <div className={styles.files} aria-hidden>
        <span className={styles.file}>harbour-01.jpg</span>
        <span className={styles.file}>crane-night.mp4</span>
        <span className={styles.file}>Größen &amp; Maße.jpg</span>
      </div>
      {arrow}
      <div className={styles.spool} aria-hidden>
        <i />
        <i />
      </div>
      {arrow}
      <div className={styles.files} aria-hidden>
        <span className={styles.slot} />
        <span className={styles.slot} />
        <span className={styles.slot} />
      </div>
      {arrow}
      <div className={styles.rungs} aria-hidden>
        <i />
        <i />
        <i />
        <i />
      </div>
      <p>never changed</p>
      <span />
      <p>memory to 8 MiB, then a file</p>
      <span />
      <p>whole or not at all, same key</p>
      <span />
      <p>bytes agree, on record</p>
    </div>
  );
}

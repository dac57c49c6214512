/**
 * Owns the settings: theme, how many jobs run at once in each queue, and where things are. Only what works. Shown at
 * `#/settings`.
 */
import { useState } from 'react';
import { type Failure, failure, toFailure } from '../../../src-shared/model/failure.ts';
import type { QueueView } from '../../../src-shared/model/house.ts';
import { Button } from '../../parts/button.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { type Choice, Select } from '../../parts/select.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { call } from '../../state/house-client.ts';
import { setTheme, type Theme, useTheme } from '../../state/theme.ts';
import { useHouse } from '../../state/use-house.ts';
import { CopyButton } from '../jobs/whole-key.tsx';
import { askAppInfo, useAppInfo } from '../use-app-info.ts';
import { readConcurrency } from './read-concurrency.ts';
import styles from './settings-screen.module.css';

const THEME_CHOICES: readonly Choice<Theme>[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export function SettingsScreen() {
  const theme = useTheme((state) => state.theme);
  const queues = useHouse((house) => house.queues);
  return (
    <>
      <PageHeader title="Settings" />
      <div className={styles.screen}>
        <section className={styles.section} aria-label="Appearance">
          <h2>Appearance</h2>
          <div className={styles.field}>
            <Select label="Theme" value={theme} choices={THEME_CHOICES} onChange={setTheme} />
          </div>
        </section>
        <section className={styles.section} aria-label="Queues">
          <h2>Queues</h2>
          <p className={styles.text}>
            How many jobs of a queue may run at once. More is faster until the network, the disk or the other side is
            busy. A lower number takes effect as running jobs end.
          </p>
          {queues.map((queue) => (
            <QueueConcurrency key={queue.name} queue={queue} />
          ))}
        </section>
        <About />
      </div>
    </>
  );
}

function QueueConcurrency({ queue }: { readonly queue: QueueView }) {
  /** null: nothing typed, the house's own number stands there. */
  const [typed, setTyped] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<Failure | null>(null);
  const wanted = typed === null ? queue.concurrency : readConcurrency(typed);

  async function save(): Promise<void> {
    if (wanted === null) {
      setRefusal(failure('invalid-input', 'A whole number from 1 to 256.'));
      return;
    }
    try {
      await call('queue.update', { queue: queue.name, concurrency: wanted });
      setTyped(null);
      setRefusal(null);
    } catch (thrown) {
      setRefusal(toFailure(thrown));
    }
  }

  return (
    <form
      className={styles.queue}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextField
        label={`Jobs at once in ${queue.name}`}
        input="number"
        value={typed ?? String(queue.concurrency)}
        onChange={(value) => {
          setTyped(value);
          setRefusal(null);
        }}
        failure={refusal}
        action={
          <Button type="submit" disabled={wanted === queue.concurrency} label={`Save jobs at once in ${queue.name}`}>
            Save
          </Button>
        }
      />
    </form>
  );
}

function About() {
  const { info, failure: refusal } = useAppInfo();
  return (
    <section className={styles.section} aria-label="About">
      <h2>About</h2>
      {refusal !== null && (
        <FailureNote
          failure={refusal}
          action={
            <Button size="small" onClick={askAppInfo}>
              Try again
            </Button>
          }
        />
      )}
      {info !== null && (
        <dl className={styles.facts}>
          <dt>Version</dt>
          <dd>{info.version}</dd>
          <dt>Runs as</dt>
          <dd>{info.door === 'electron' ? 'desktop app' : 'server, seen in a browser'}</dd>
          <dt>Profile</dt>
          <dd>
            <code>{info.profile}</code>
            <CopyButton value={info.profile} what="the profile folder" />
          </dd>
          <dt>Secrets</dt>
          <dd>{info.secretStore.label}</dd>
        </dl>
      )}
    </section>
  );
}

/**
 * Owns the settings: theme, how much is done at once, how workers and the house are, and where things are. Must not
 * set queues (their own screen does). Shown at `#/settings`.
 */
import { Button } from '../../parts/button.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { type Choice, Select } from '../../parts/select.tsx';
import { setTheme, type Theme, useTheme } from '../../state/theme.ts';
import { CopyButton } from '../jobs/whole-key.tsx';
import { askAppInfo, useAppInfo } from '../use-app-info.ts';
import { BandwidthSettings } from './bandwidth-settings.tsx';
import { HealthTable } from './health-table.tsx';
import styles from './settings-screen.module.css';
import { WorkSettings } from './work-settings.tsx';
import { WorkerPool } from './worker-pool.tsx';

const THEME_CHOICES: readonly Choice<Theme>[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export function SettingsScreen() {
  const theme = useTheme((state) => state.theme);
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
        <WorkSettings />
        <BandwidthSettings />
        <WorkerPool />
        <HealthTable />
        <About />
      </div>
    </>
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

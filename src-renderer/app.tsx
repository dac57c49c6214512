/**
 * Owns what the window shows: the way in while there is no house, else the frame around the screen of the route.
 */
import type { ReactNode } from 'react';
import { BulkStrip } from './frame/bulk-strip.tsx';
import { ConnectionBanner } from './frame/connection-banner.tsx';
import { ClosedOut, Waiting } from './frame/doorway.tsx';
import styles from './frame/frame.module.css';
import { NewsBar } from './frame/news-bar.tsx';
import { NotFound } from './frame/not-found.tsx';
import notes from './frame/notes.module.css';
import { Side } from './frame/side.tsx';
import { Toasts } from './parts/toasts.tsx';
import { AccountsScreen } from './screens/accounts/accounts-screen.tsx';
import { FailuresScreen } from './screens/failures/failures-screen.tsx';
import { JobsScreen } from './screens/jobs/jobs-screen.tsx';
import { MigrationScreen } from './screens/migrations/migration-screen.tsx';
import { MigrationsScreen } from './screens/migrations/migrations-screen.tsx';
import { NewMigrationScreen } from './screens/new-migration/new-migration-screen.tsx';
import { NoticesScreen } from './screens/notices/notices-screen.tsx';
import { OverviewScreen } from './screens/overview/overview-screen.tsx';
import { PlanScreen } from './screens/plan/plan-screen.tsx';
import { QueuesScreen } from './screens/queues/queues-screen.tsx';
import { SchedulesScreen } from './screens/schedules/schedules-screen.tsx';
import { SettingsScreen } from './screens/settings/settings-screen.tsx';
import { useMirror } from './state/house-store.ts';
import { type Route, useRoute } from './state/route.ts';

export function App() {
  const route = useRoute();
  const connection = useMirror((mirror) => mirror.connection);
  const hasHouse = useMirror((mirror) => mirror.house !== null);
  if (connection === 'closed-out') return <ClosedOut />;
  if (!hasHouse) return <Waiting />;
  return (
    <div className={styles.app} data-stale={connection !== 'connected'}>
      <Side screen={route.screen} />
      <main className={styles.main}>
        <ConnectionBanner connection={connection} />
        {screenOf(route)}
        <div className={notes.notes}>
          <NewsBar />
          <BulkStrip />
        </div>
      </main>
      <Toasts />
    </div>
  );
}

/** Screens of many things, which open one by its number. */
const TAKE_ID: readonly string[] = ['migrations', 'jobs', 'schedules', 'plan'];

function screenOf({ screen, id }: Route): ReactNode {
  if (id !== null && !(TAKE_ID.includes(screen) && /^[1-9]\d{0,14}$/.test(id))) return <NotFound />;
  switch (screen) {
    case 'overview':
      return <OverviewScreen />;
    case 'migrations':
      return id === null ? <MigrationsScreen /> : <MigrationScreen key={id} migrationId={Number(id)} />;
    case 'new':
      return <NewMigrationScreen />;
    case 'plan':
      return id === null ? <NotFound /> : <PlanScreen key={id} planId={Number(id)} />;
    case 'queues':
      return <QueuesScreen />;
    case 'schedules':
      return <SchedulesScreen />;
    case 'notices':
      return <NoticesScreen />;
    case 'accounts':
      return <AccountsScreen />;
    case 'settings':
      return <SettingsScreen />;
    case 'jobs':
      return <JobsScreen />;
    case 'failures':
      return <FailuresScreen />;
    default:
      return <NotFound />;
  }
}

/**
 * Owns what the window shows: the way in while there is no house, else the frame around the screen of the route.
 */
import type { ReactNode } from 'react';
import { ConnectionBanner } from './frame/connection-banner.tsx';
import { ClosedOut, Waiting } from './frame/doorway.tsx';
import styles from './frame/frame.module.css';
import { Side } from './frame/side.tsx';
import { EmptyState } from './parts/empty-state.tsx';
import { PageHeader } from './parts/page-header.tsx';
import { Toasts } from './parts/toasts.tsx';
import { OverviewScreen } from './screens/overview/overview-screen.tsx';
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
      </main>
      <Toasts />
    </div>
  );
}

function screenOf({ screen }: Route): ReactNode {
  switch (screen) {
    case 'overview':
      return <OverviewScreen />;
    default:
      return (
        <>
          <PageHeader title="Not here" />
          <EmptyState title="There is no such screen." text="The address may come from another version of Transship." />
        </>
      );
  }
}

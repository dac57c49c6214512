/**
 * Owns the overview: the three answers, the pace, what needs a person, queues with their berths, what runs. Before the
 * first migration: the journey, and the sample that shows it.
 */
import { Pause, Play, Plus } from 'lucide-react';
import { formatNumberOf } from '../../format/count.ts';
import { Button } from '../../parts/button.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { showFailure } from '../../parts/toasts.tsx';
import { call } from '../../state/house-client.ts';
import { go, href } from '../../state/route.ts';
import { useHouse } from '../../state/use-house.ts';
import { standingOf } from '../migrations/migration-words.ts';
import { FirstRun } from './first-run.tsx';
import { Headlines } from './headlines.tsx';
import { LatestMigrations } from './latest-migrations.tsx';
import { NeedsYou } from './needs-you.tsx';
import styles from './overview-screen.module.css';
import { QueueLanes } from './queue-lanes.tsx';
import { RunningList } from './running-list.tsx';
import { ThroughputChart } from './throughput-chart.tsx';

export function OverviewScreen() {
  const { hasMigrations, open, moving, paused } = useHouse((house) => ({
    hasMigrations: house.migrations.length > 0,
    open: house.stats.migrations,
    moving: house.migrations.filter((migration) => standingOf(migration, house.queues).state === 'running').length,
    paused: house.paused,
  }));
  const note = open === 0 ? '' : `${formatNumberOf(open, 'open migration')}, ${moving} of them moving`;
  return (
    <>
      <PageHeader title="Overview" note={note}>
        {(open > 0 || paused) && (
          <Button
            icon={paused ? Play : Pause}
            onClick={() => void call(paused ? 'engine.resume' : 'engine.pause', {}).catch(showFailure)}
          >
            {paused ? 'Resume all' : 'Pause all'}
          </Button>
        )}
        <Button icon={Plus} tone={hasMigrations ? 'primary' : 'outlined'} onClick={() => go(href('new'))}>
          New migration
        </Button>
      </PageHeader>
      {hasMigrations ? (
        <div className={styles.page}>
          <div className={styles.wide}>
            <Headlines />
            <ThroughputChart />
          </div>
          <div className={styles.narrow}>
            <NeedsYou />
          </div>
          <div className={styles.whole}>
            <QueueLanes />
          </div>
          <div className={styles.wide}>
            <RunningList />
          </div>
          <div className={styles.narrow}>
            <LatestMigrations />
          </div>
        </div>
      ) : (
        <div className={styles.first}>
          <FirstRun />
          <QueueLanes />
        </div>
      )}
    </>
  );
}

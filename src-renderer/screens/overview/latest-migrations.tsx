/** Owns the short list of the newest migrations with how far they are. The whole list is a screen of its own. */
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import { formatCount } from '../../format/count.ts';
import { classes } from '../../parts/button.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { href } from '../../state/route.ts';
import { useHouse } from '../../state/use-house.ts';
import { standingOf } from '../migrations/migration-words.ts';
import styles from './latest-migrations.module.css';
import section from './section.module.css';

const MOST_SHOWN = 6;

export function LatestMigrations() {
  const migrations = useHouse((house) => house.migrations.slice(0, MOST_SHOWN));
  return (
    <section aria-label="Latest migrations">
      <h2 className={section.title}>
        Latest migrations
        <a className={section.link} href={href('migrations')}>
          All migrations
        </a>
      </h2>
      {migrations.map((migration) => (
        <MigrationRow key={migration.id} migration={migration} />
      ))}
    </section>
  );
}

function MigrationRow({ migration }: { readonly migration: MigrationView }) {
  const { id, name, counts, discovered, finishedAtMs } = migration;
  const { state } = useHouse((house) => standingOf(migration, house.queues));
  const arrived = counts.completed + counts.skipped;
  const part = discovered === 0 ? 0 : arrived / discovered;
  return (
    <a className={styles.row} href={href('migrations', id)}>
      <span className={styles.name} title={name}>
        {name}
      </span>
      <StateBadge state={state} />
      <span className={classes(styles.bar, finishedAtMs !== null && styles.rest, state === 'completed' && styles.done)}>
        <span className={styles.fill} style={{ display: 'block', transform: `scaleX(${part})` }} />
      </span>
      <span className={styles.figure}>
        {formatCount(arrived)} of {formatCount(discovered)}
      </span>
    </a>
  );
}

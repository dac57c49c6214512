/**
 * Owns the side: the way to every screen, and at its foot the three answers (is it working, how long still, does
 * anything need me). Must not hold state. On every screen.
 */
import {
  Anchor,
  Bell,
  CalendarClock,
  CircleArrowRight,
  CircleX,
  Columns4,
  Flag,
  Gauge,
  Hourglass,
  ListChecks,
  type LucideIcon,
  Plug,
  Settings,
  Ship,
  Workflow,
} from 'lucide-react';
import { formatCount } from '../format/count.ts';
import { classes } from '../parts/button.tsx';
import { howLong, isWorking } from '../screens/overview/answers.ts';
import { needsOf } from '../screens/overview/needs.ts';
import { usePutAside } from '../state/put-aside.ts';
import { href } from '../state/route.ts';
import { useHouse } from '../state/use-house.ts';
import styles from './side.module.css';

export function Side({ screen }: { readonly screen: string }) {
  const { migrations, jobs, failed, queues, accounts, schedules, notices } = useHouse((house) => ({
    migrations: house.stats.migrations,
    jobs: Object.values(house.stats.counts).reduce((sum, count) => sum + count, 0),
    failed: house.stats.failed,
    queues: house.queues.length,
    schedules: house.schedules.filter(({ isBuiltIn }) => !isBuiltIn).length,
    notices: house.noticeRules.length,
    accounts: house.accounts.filter((account) => !account.builtIn).length,
  }));
  const at = screen === 'new' || screen === 'plan' ? 'migrations' : screen;
  return (
    <div className={styles.side}>
      <div className={styles.brand}>
        <Ship className={styles.mark} size={16} strokeWidth={1.8} aria-hidden />
        <span className={styles.word}>Transship</span>
      </div>
      <nav aria-label="Screens">
        <NavLink to="overview" at={at} icon={Gauge} word="Overview" />
        <NavLink to="migrations" at={at} icon={Workflow} word="Migrations" count={migrations} />
        <NavLink to="jobs" at={at} icon={ListChecks} word="Jobs" count={jobs} />
        <NavLink to="failures" at={at} icon={CircleX} word="Failures" count={failed} alarm />
        <hr className={styles.rule} />
        <NavLink to="queues" at={at} icon={Columns4} word="Queues" count={queues} />
        <NavLink to="schedules" at={at} icon={CalendarClock} word="Schedules" count={schedules} />
        <NavLink to="notices" at={at} icon={Bell} word="Notices" count={notices} />
        <NavLink to="accounts" at={at} icon={Plug} word="Accounts" count={accounts} />
        <hr className={styles.rule} />
        <NavLink to="settings" at={at} icon={Settings} word="Settings" />
      </nav>
      <ThreeAnswers />
    </div>
  );
}

interface NavLinkProps {
  readonly to: string;
  readonly at: string;
  readonly icon: LucideIcon;
  readonly word: string;
  readonly count?: number;
  readonly alarm?: boolean;
}

function NavLink({ to, at, icon: Icon, word, count = 0, alarm = false }: NavLinkProps) {
  return (
    <a
      className={styles.link}
      href={href(to)}
      aria-current={at === to ? 'page' : undefined}
      aria-label={word}
      title={count > 0 ? `${word}, ${formatCount(count)}` : word}
    >
      <Icon size={16} strokeWidth={1.6} aria-hidden />
      <span className={styles.word}>{word}</span>
      {count > 0 && <span className={classes(styles.count, alarm && styles.alarm)}>{formatCount(count)}</span>}
    </a>
  );
}

function ThreeAnswers() {
  const working = useHouse(isWorking);
  const long = useHouse(howLong);
  const seen = usePutAside(({ names }) => names);
  const needs = useHouse((house) => needsOf(house, seen).length);
  return (
    <section className={styles.foot} aria-label="State of the house">
      <p
        className={classes(styles.answer, working.isWorking && styles.running)}
        title={`${working.word} ${working.value}`}
      >
        {working.isWorking ? (
          <CircleArrowRight size={14} strokeWidth={1.8} aria-hidden />
        ) : (
          <Anchor size={14} strokeWidth={1.8} aria-hidden />
        )}
        <span className={styles.word}>{working.word}</span>
        <span className={styles.value}>{working.value}</span>
      </p>
      {long.value !== '' && (
        <p className={styles.answer} title={`Done by ${long.value}`}>
          <Hourglass size={14} strokeWidth={1.8} aria-hidden />
          <span className={styles.word}>Done by</span>
          <span className={styles.value}>{long.value}</span>
        </p>
      )}
      {needs > 0 && (
        <p className={classes(styles.answer, styles.attention)} title={`${needs} things need you`}>
          <Flag size={14} strokeWidth={1.8} aria-hidden />
          <span className={styles.word}>Needs you</span>
          <span className={styles.value}>{formatCount(needs)}</span>
        </p>
      )}
    </section>
  );
}

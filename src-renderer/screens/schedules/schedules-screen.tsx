/**
 * Owns the schedules screen: what repeats, when it runs next, how it went, and what can be done with it. Must not
 * compute times. Shown at `#/schedules`; `#/schedules/3` shows the runs of one.
 */
import { CalendarClock, CalendarX2, Pause, Pencil, Play, Plus, Trash2, X, Zap } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ScheduleRun, ScheduleView } from '../../../src-shared/model/schedule.ts';
import { formatMoment } from '../../format/moments.ts';
import { Button, classes, IconButton } from '../../parts/button.tsx';
import { Confirm } from '../../parts/dialog.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { showFailure, showToast } from '../../parts/toasts.tsx';
import { call } from '../../state/house-client.ts';
import { go, href, useRoute } from '../../state/route.ts';
import { useHouse } from '../../state/use-house.ts';
import { ScheduleDialog } from './schedule-dialog.tsx';
import { runWords, taskWords, timingWords } from './schedule-words.ts';
import styles from './schedules-screen.module.css';

type Asking =
  | { readonly about: 'edit'; readonly schedule: ScheduleView | null }
  | { readonly about: 'remove'; readonly schedule: ScheduleView };

export function SchedulesScreen() {
  const schedules = useHouse((house) => house.schedules);
  const [asking, setAsking] = useState<Asking | null>(null);
  const openId = useRoute().id;
  const open = schedules.find(({ id }) => String(id) === openId);
  const close = (): void => setAsking(null);
  return (
    <>
      <PageHeader
        title="Schedules"
        note={`${schedules.filter(({ paused }) => !paused).length} of ${schedules.length} active`}
      >
        <Button icon={Plus} tone="primary" onClick={() => setAsking({ about: 'edit', schedule: null })}>
          Add schedule
        </Button>
      </PageHeader>
      <div className={styles.screen} data-has-pane={openId !== null}>
        {schedules.length === 0 ? (
          <EmptyState
            title="Nothing repeats yet."
            text="A schedule repeats a migration, whole or only what changed since, or looks after the house."
          />
        ) : (
          <div className={styles.main}>
            <div className={styles.head}>
              <span>Schedule</span>
              <span>When</span>
              <span>Next run</span>
              <span className={styles.last}>Last run</span>
              <span className={styles.end}>What to do</span>
            </div>
            <ul className={styles.body} aria-label="Schedules">
              {schedules.map((schedule) => (
                <ScheduleRow
                  key={schedule.id}
                  schedule={schedule}
                  isCurrent={schedule === open}
                  onEdit={() => setAsking({ about: 'edit', schedule })}
                  onRemove={() => setAsking({ about: 'remove', schedule })}
                />
              ))}
            </ul>
          </div>
        )}
        {open !== undefined && <Runs schedule={open} />}
        {openId !== null && open === undefined && (
          <aside className={styles.pane} aria-label="Not found">
            <header className={styles.paneHead}>
              <h2>There is no schedule {openId}.</h2>
              <IconButton icon={X} label="Close" onClick={() => go(href('schedules'))} />
            </header>
            <p className={styles.quiet}>It was removed, or the address is mistyped.</p>
          </aside>
        )}
      </div>
      {asking?.about === 'edit' && <ScheduleDialog schedule={asking.schedule} onClose={close} />}
      {asking?.about === 'remove' && (
        <Confirm
          open
          onClose={close}
          onConfirm={() => {
            go(href('schedules'));
            void call('schedule.remove', { scheduleId: asking.schedule.id }).catch(showFailure);
          }}
          title={`Remove “${asking.schedule.name}”?`}
          description="It runs no more, and the list of its runs goes. Migrations that it began stay."
          action="Remove the schedule"
        />
      )}
    </>
  );
}

interface ScheduleRowProps {
  readonly schedule: ScheduleView;
  readonly isCurrent: boolean;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

function ScheduleRow({ schedule, isCurrent, onEdit, onRemove }: ScheduleRowProps) {
  const { id, name, task, timing, paused, skipNext, nextRunAtMs, lastRun, isBuiltIn } = schedule;
  const scheduleId = id;
  const next = paused ? 'paused' : nextRunAtMs === null ? 'never again' : formatMoment(nextRunAtMs, Date.now());
  return (
    <li className={classes(styles.row, isCurrent && styles.current)} aria-label={`Schedule ${name}`}>
      <a className={styles.name} href={href('schedules', id)}>
        <strong>{name}</strong>
        <span title={taskWords(task)}>{taskWords(task)}</span>
      </a>
      <span>{timingWords(timing)}</span>
      <div className={styles.next}>
        <span>{next}</span>
        {skipNext && <span>is left out</span>}
      </div>
      <span className={styles.last} data-outcome={lastRun?.outcome} title={lastRun === null ? '' : runWords(lastRun)}>
        {lastRun === null
          ? 'has not run yet'
          : `${formatMoment(lastRun.startedAtMs, Date.now())} · ${runWords(lastRun)}`}
      </span>
      <div className={styles.actions}>
        <Button
          icon={Zap}
          label={`Run ${name} now`}
          size="small"
          onClick={() => {
            call('schedule.run', { scheduleId }).then(() => showToast(`${name} runs.`), showFailure);
          }}
        >
          Run now
        </Button>
        <Button
          icon={CalendarX2}
          label={skipNext ? `Do not leave out the next run of ${name}` : `Leave out the next run of ${name}`}
          size="small"
          disabled={paused}
          onClick={() => void call('schedule.skipNext', { scheduleId, skip: !skipNext }).catch(showFailure)}
        >
          {skipNext ? 'Keep next' : 'Skip next'}
        </Button>
        <IconButton
          icon={paused ? Play : Pause}
          label={`${paused ? 'Resume' : 'Pause'} ${name}`}
          size="small"
          onClick={() => void call(paused ? 'schedule.resume' : 'schedule.pause', { scheduleId }).catch(showFailure)}
        />
        <IconButton icon={Pencil} label={`Edit ${name}`} size="small" onClick={onEdit} />
        {!isBuiltIn && <IconButton icon={Trash2} label={`Remove ${name}`} size="small" onClick={onRemove} />}
      </div>
    </li>
  );
}

function Runs({ schedule }: { readonly schedule: ScheduleView }) {
  const [runs, setRuns] = useState<readonly ScheduleRun[]>([]);
  const { id, lastRun } = schedule;
  const changed = `${lastRun?.id} ${lastRun?.outcome}`;
  // A run that begins or ends makes the list old.
  useEffect(() => {
    call('schedule.runs', { scheduleId: id }).then((answer) => setRuns(answer.runs), showFailure);
  }, [id, changed]);
  return (
    <aside className={styles.pane} aria-label={`Runs of ${schedule.name}`}>
      <header className={styles.paneHead}>
        <CalendarClock size={14} strokeWidth={1.8} aria-hidden />
        <h2>{schedule.name}</h2>
        <IconButton icon={X} label="Close the runs" onClick={() => go(href('schedules'))} />
      </header>
      {runs.length === 0 && <p className={styles.quiet}>It has not run yet.</p>}
      <ul>
        {runs.map((run) => (
          <li key={run.id} className={styles.run} data-outcome={run.outcome}>
            <strong>{formatMoment(run.startedAtMs, Date.now())}</strong>
            <span>{runWords(run)}</span>
            {run.failure?.hint !== undefined && run.failure.hint !== '' && <span>{run.failure.hint}</span>}
            {run.migrationId !== null && <a href={href('migrations', run.migrationId)}>Migration {run.migrationId}</a>}
          </li>
        ))}
      </ul>
    </aside>
  );
}

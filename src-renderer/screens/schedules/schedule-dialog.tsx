/**
 * Owns making and changing a schedule, with its next runs shown as it is typed. Must not compute times (the house
 * does). Used by the schedules screen.
 */
import { useEffect, useState } from 'react';
import { commands } from '../../../src-shared/contract/commands.ts';
import type { Failure } from '../../../src-shared/model/failure.ts';
import { toFailure } from '../../../src-shared/model/failure.ts';
import { MAINTENANCE_TASKS, type ScheduleView } from '../../../src-shared/model/schedule.ts';
import { formatMoment } from '../../format/moments.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { Select } from '../../parts/select.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { call } from '../../state/house-client.ts';
import { useHouse } from '../../state/use-house.ts';
import { HoursField } from '../hours-field.tsx';
import { useSave } from '../use-save.ts';
import {
  AS_BEFORE,
  likelyTask,
  SCHEDULE_FIELDS,
  type ScheduleForm,
  toPlan,
  toScheduleForm,
  toTiming,
} from './schedule-form.ts';
import { taskWords } from './schedule-words.ts';
import styles from './schedules-screen.module.css';

const TIME_ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')];

export interface ScheduleDialogProps {
  /** null: a new one. */
  readonly schedule: ScheduleView | null;
  readonly onClose: () => void;
}

export function ScheduleDialog({ schedule, onClose }: ScheduleDialogProps) {
  const migrations = useHouse((house) => house.migrations);
  const [form, setForm] = useState(() =>
    toScheduleForm(schedule, likelyTask(migrations), Intl.DateTimeFormat().resolvedOptions().timeZone),
  );
  const { complaints, isSaving, forget, save } = useSave(SCHEDULE_FIELDS);
  const preview = usePreview(form);
  const change = (changed: Partial<ScheduleForm>): void => {
    setForm({ ...form, ...changed });
    forget();
  };
  const submit = async (): Promise<void> => {
    if (await save(toPlan(form, schedule, migrations), (plan) => call('schedule.save', plan))) onClose();
  };
  const repeats = form.what.startsWith('migration') || (form.what === AS_BEFORE && schedule?.task.kind === 'migration');
  const at = (field: string): Failure | null =>
    complaints[field] ?? (preview.failure?.field === field ? preview.failure : null);
  return (
    <Dialog
      open
      onClose={onClose}
      title={schedule === null ? 'Add a schedule' : `Edit ${schedule.name}`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" disabled={isSaving} onClick={() => void submit()}>
            Save schedule
          </Button>
        </>
      }
    >
      {complaints.form !== undefined && <FailureNote failure={complaints.form} />}
      <TextField label="Name" value={form.name} onChange={(name) => change({ name })} failure={at('name')} />
      <Select
        label="What it does"
        value={form.what}
        choices={[
          ...(schedule === null ? [] : [{ value: AS_BEFORE, label: taskWords(schedule.task) }]),
          ...migrations.map(({ id, name, state, source }) => ({
            value: `migration ${id}`,
            label: `Repeat “${name}”`,
            detail: `${state}, from ${source.container}`,
          })),
          ...MAINTENANCE_TASKS.map((task) => ({ value: task, label: taskWords({ kind: 'maintenance', task }) })),
        ]}
        onChange={(what) => change({ what })}
      />
      {repeats && (
        <Select
          label="How much"
          value={form.mode}
          choices={[
            { value: 'changed', label: 'What changed: identical assets are skipped' },
            { value: 'full', label: 'Everything: each asset is written again' },
          ]}
          onChange={(mode) => change({ mode })}
        />
      )}
      <div className={styles.pair}>
        <Select
          label="When"
          value={form.timing}
          choices={[
            { value: 'cron', label: 'At times of the clock' },
            { value: 'interval', label: 'Every so often' },
          ]}
          onChange={(timing) => change({ timing })}
        />
        {form.timing === 'interval' ? (
          <TextField
            label="Every so many minutes"
            value={form.everyMinutes}
            onChange={(everyMinutes) => change({ everyMinutes })}
            failure={at('timing.everyMinutes')}
          />
        ) : (
          <TextField
            label="Cron expression"
            mono
            value={form.expression}
            onChange={(expression) => change({ expression })}
            help="Minute, hour, day of month, month, day of week."
            failure={at('timing.expression')}
          />
        )}
      </div>
      <div className={styles.pair}>
        {form.timing === 'cron' && (
          <TextField
            label="Time zone"
            value={form.timeZone}
            onChange={(timeZone) => change({ timeZone })}
            suggestions={TIME_ZONES}
            failure={at('timing.timeZone')}
          />
        )}
        <TextField
          label="Not before"
          value={form.startAt}
          onChange={(startAt) => change({ startAt })}
          placeholder="2026-12-24 18:00"
          help="Empty: from now on."
          failure={at('startAtMs')}
        />
      </div>
      <p className={styles.preview} role="status">
        {preview.runsAtMs.length > 0
          ? `Next: ${preview.runsAtMs.map((atMs) => formatMoment(atMs, Date.now())).join(' · ')}`
          : SCHEDULE_FIELDS.includes(preview.failure?.field ?? '')
            ? ''
            : (preview.failure?.message ?? '')}
      </p>
      <HoursField
        label="Hours in which it may run"
        help="What falls due outside of them waits."
        draft={form.hours}
        onChange={(hours) => change({ hours })}
        complaints={complaints}
      />
      <Select
        label="Runs that were missed while the app was closed or the machine slept"
        value={form.missed}
        choices={[
          { value: 'once', label: 'Run once, as soon as possible' },
          { value: 'skip', label: 'Leave them out' },
          { value: 'all', label: 'Make up for every one, one after the other' },
        ]}
        onChange={(missed) => change({ missed })}
      />
    </Dialog>
  );
}

/** The house's own answer to the timing as it is typed; what the schema refuses is not asked. */
function usePreview(form: ScheduleForm): { readonly runsAtMs: readonly number[]; readonly failure: Failure | null } {
  const [preview, setPreview] = useState<{ runsAtMs: readonly number[]; failure: Failure | null }>({
    runsAtMs: [],
    failure: null,
  });
  const asked = JSON.stringify(toTiming(form));
  useEffect(() => {
    let isLate = false;
    const parsed = commands['schedule.preview'].params.safeParse({ ...JSON.parse(asked), count: 5 });
    if (!parsed.success) {
      setPreview({ runsAtMs: [], failure: null });
      return;
    }
    call('schedule.preview', parsed.data).then(
      ({ runsAtMs }) => {
        if (!isLate) setPreview({ runsAtMs, failure: null });
      },
      (thrown: unknown) => {
        if (!isLate) setPreview({ runsAtMs: [], failure: toFailure(thrown) });
      },
    );
    return () => {
      isLate = true;
    };
  }, [asked]);
  return preview;
}

/**
 * Owns typing active hours: a time zone and windows of a week, or any hour; and what that means now. Must not save.
 * Used by the queue dialog.
 */
import { Plus, X } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { activeHours } from '../../src-shared/contract/schemas.ts';
import { isWithinHours, nextHoursChangeMs, type Weekday } from '../../src-shared/model/active-hours.ts';
import { formatMoment } from '../format/moments.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Select } from '../parts/select.tsx';
import { FieldNotes, TextField } from '../parts/text-field.tsx';
import type { Complaints } from './checked-form.ts';
import styles from './hours-field.module.css';
import { endsNextDay, type HoursDraft, toHours, WEEKDAYS, type WindowDraft, withWindow } from './hours-form.ts';

export interface HoursFieldProps {
  readonly draft: HoursDraft;
  readonly onChange: (draft: HoursDraft) => void;
  /** At "hours.timeZone", "hours.windows.0.days". */
  readonly complaints: Complaints;
  readonly label?: string;
  /** While it is at any hour. */
  readonly help?: string;
}

const TIME_ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')];

export function HoursField({
  draft,
  onChange,
  complaints,
  label = 'Hours in which it starts jobs',
  help = 'Jobs start whenever a berth is free.',
}: HoursFieldProps) {
  const { isLimited, windows } = draft;
  const id = useId();
  return (
    <div className={styles.hours}>
      <Select
        label={label}
        value={isLimited ? 'limited' : 'any'}
        choices={[
          { value: 'any', label: 'At any hour' },
          { value: 'limited', label: 'Only in these hours' },
        ]}
        onChange={(value) => onChange({ ...draft, isLimited: value === 'limited' })}
        help={isLimited ? undefined : help}
      />
      {isLimited && (
        <>
          <TextField
            label="Time zone"
            value={draft.timeZone}
            onChange={(timeZone) => onChange({ ...draft, timeZone })}
            suggestions={TIME_ZONES}
            failure={complaints['hours.timeZone']}
          />
          {windows.map((window, index) => (
            <WindowFields
              key={window.id}
              window={window}
              number={index + 1}
              onChange={(changed) =>
                onChange({ ...draft, windows: windows.map((other) => (other.id === window.id ? changed : other)) })
              }
              onRemove={() => onChange({ ...draft, windows: windows.filter((other) => other.id !== window.id) })}
              failureAt={(part) => complaints[`hours.windows.${index}.${part}`] ?? null}
            />
          ))}
          <FieldNotes id={id} failure={complaints['hours.windows'] ?? null} />
          <div className={styles.foot}>
            <Button size="small" icon={Plus} onClick={() => onChange(withWindow(draft))}>
              Add a window
            </Button>
            <p className={styles.now}>{hoursNow(draft, Date.now())}</p>
          </div>
        </>
      )}
    </div>
  );
}

interface WindowFieldsProps {
  readonly window: WindowDraft;
  readonly number: number;
  readonly onChange: (window: WindowDraft) => void;
  readonly onRemove: () => void;
  readonly failureAt: (part: 'days' | 'fromMinute' | 'toMinute') => Complaints[string] | null;
}

function WindowFields({ window, number, onChange, onRemove, failureAt }: WindowFieldsProps): ReactNode {
  const id = useId();
  const toggle = (day: Weekday): void => {
    const days = window.days.includes(day) ? window.days.filter((other) => other !== day) : [...window.days, day];
    onChange({ ...window, days });
  };
  return (
    <fieldset className={styles.window}>
      <legend className="spoken">Window {number}</legend>
      <div className={styles.choice}>
        <div className={styles.days}>
          {WEEKDAYS.map(({ day, short, name }) => (
            <button
              key={day}
              type="button"
              className={styles.day}
              aria-label={name}
              aria-pressed={window.days.includes(day)}
              onClick={() => toggle(day)}
            >
              {short}
            </button>
          ))}
        </div>
        <FieldNotes id={id} failure={failureAt('days')} />
      </div>
      <TextField
        label="From"
        hideLabel
        value={window.from}
        onChange={(from) => onChange({ ...window, from })}
        failure={failureAt('fromMinute')}
      />
      <span className={styles.until}>to</span>
      <TextField
        label="To"
        hideLabel
        value={window.to}
        onChange={(to) => onChange({ ...window, to })}
        help={endsNextDay(window) ? 'the next day' : undefined}
        failure={failureAt('toMinute')}
      />
      <IconButton icon={X} label={`Remove window ${number}`} onClick={onRemove} />
    </fieldset>
  );
}

/** What the hours mean now; "" while they cannot be read. */
function hoursNow(draft: HoursDraft, nowMs: number): string {
  const parsed = activeHours.safeParse(toHours(draft));
  if (!parsed.success) return '';
  const changeMs = nextHoursChangeMs(parsed.data, nowMs);
  const isOpen = isWithinHours(parsed.data, nowMs);
  if (changeMs === null) return isOpen ? 'Always open.' : 'Never open.';
  return `${isOpen ? 'Open now, closes' : 'Closed now, opens'} ${formatMoment(changeMs, nowMs)} by your clock.`;
}

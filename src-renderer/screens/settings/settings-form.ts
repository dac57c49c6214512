/**
 * Owns the house's settings as they are typed: which there are, their words, and the change they ask for. Pure. Called
 * by the work settings.
 */
import { commands } from '../../../src-shared/contract/commands.ts';
import { type HouseSettings, type NumberSetting, SETTING_BOUNDS } from '../../../src-shared/model/settings.ts';
import { formatCount } from '../../format/count.ts';
import { bytesOf, megabytesOf } from '../cap-form.ts';
import { checkForm, numberOrNone, wholeNumber } from '../checked-form.ts';

/** Only what was typed; the rest stands as the house has it. */
export type TypedSettings = Readonly<Partial<Record<NumberSetting, string>>>;

export const SETTING_FIELDS: readonly {
  readonly name: NumberSetting;
  readonly label: string;
  readonly help: string;
}[] = [
  { name: 'workers', label: 'Workers', help: 'Processes that move assets. One for each core is plenty.' },
  { name: 'attemptsPerWorker', label: 'Jobs at once in each worker', help: 'At most, whatever the queues allow.' },
  {
    name: 'attemptDeadlineMinutes',
    label: 'Longest attempt, in minutes',
    help: 'Then it is ended and tried again. Large assets get more.',
  },
  { name: 'maxOpenJobs', label: 'Most open jobs', help: 'Beyond these a new migration is refused.' },
  {
    name: 'retentionDays',
    label: 'Keep finished jobs, in days',
    help: 'Empty: for ever. Failed ones stay until dealt with.',
  },
  {
    name: 'spoolBudgetBytes',
    label: 'Room for the spool, in MB',
    help: 'Of large assets on their way. Empty: what the disk has room for.',
  },
];

/** Nothing typed means something. */
export const EMPTY_WORDS: Readonly<Partial<Record<NumberSetting, string>>> = {
  retentionDays: 'for ever',
  spoolBudgetBytes: 'what the disk has',
};

const WORDS = Object.fromEntries(
  SETTING_FIELDS.map(({ name }) => {
    const { min, max } = SETTING_BOUNDS[name];
    if (name === 'spoolBudgetBytes') return [name, `A number from ${megabytesOf(min)} up, or nothing.`];
    const range = `A whole number from ${formatCount(min)} to ${formatCount(max)}`;
    return [name, name === 'retentionDays' ? `${range}, or nothing.` : `${range}.`];
  }),
);

export function settingInWords(settings: HouseSettings, name: NumberSetting): string {
  const value = settings[name];
  if (name === 'spoolBudgetBytes' && value !== null) return megabytesOf(value);
  return value === null ? '' : String(value);
}

/** True when saving would change nothing. */
export function isAsItWas(typed: TypedSettings, settings: HouseSettings): boolean {
  return SETTING_FIELDS.every(
    ({ name }) => (typed[name] ?? settingInWords(settings, name)) === settingInWords(settings, name),
  );
}

export function toSettingsChange(typed: TypedSettings) {
  const change: Partial<Record<NumberSetting, number | null>> = {};
  for (const { name } of SETTING_FIELDS) {
    const text = typed[name];
    if (text === undefined) continue;
    if (name === 'spoolBudgetBytes') change[name] = text.trim() === '' ? null : bytesOf(text);
    else change[name] = name in EMPTY_WORDS ? numberOrNone(text) : wholeNumber(text);
  }
  return checkForm(commands['settings.update'].params, change, WORDS);
}

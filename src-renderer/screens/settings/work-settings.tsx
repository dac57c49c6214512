/** Owns changing how much the house does at once and how long it keeps what is done. Used by the settings screen. */
import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { call } from '../../state/house-client.ts';
import { useHouse } from '../../state/use-house.ts';
import { useSave } from '../use-save.ts';
import {
  EMPTY_WORDS,
  isAsItWas,
  SETTING_FIELDS,
  settingInWords,
  type TypedSettings,
  toSettingsChange,
} from './settings-form.ts';
import styles from './settings-screen.module.css';

export function WorkSettings() {
  const settings = useHouse((house) => house.settings);
  const [typed, setTyped] = useState<TypedSettings>({});
  const { complaints, isSaving, forget, save } = useSave(SETTING_FIELDS.map(({ name }) => name));
  const submit = async (): Promise<void> => {
    if (await save(toSettingsChange(typed), (change) => call('settings.update', change))) setTyped({});
  };
  return (
    <section className={styles.section} aria-label="Work">
      <h2>Work</h2>
      {complaints.form !== undefined && <FailureNote failure={complaints.form} />}
      <form
        className={styles.fields}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {SETTING_FIELDS.map(({ name, label, help }) => (
          <TextField
            key={name}
            label={label}
            value={typed[name] ?? settingInWords(settings, name)}
            onChange={(text) => {
              setTyped({ ...typed, [name]: text });
              forget();
            }}
            placeholder={EMPTY_WORDS[name]}
            help={help}
            failure={complaints[name]}
          />
        ))}
        <div className={styles.save}>
          <Button type="submit" disabled={isSaving || isAsItWas(typed, settings)} label="Save work settings">
            Save
          </Button>
        </div>
      </form>
    </section>
  );
}

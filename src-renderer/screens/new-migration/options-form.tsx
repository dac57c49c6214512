/**
 * Owns the part of the form that most migrations do not need: which assets, how they are named, what becomes of their
 * headers. Closed until somebody opens it, or something in it needs a look. Must not hold the draft. Used by the
 * new-migration screen's policy form.
 */
import type { ReactNode } from 'react';
import type { Failure } from '../../../src-shared/model/failure.ts';
import { type LetterRule, PLACEHOLDERS } from '../../../src-shared/model/naming.ts';
import type { ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { Checkbox } from '../../parts/checkbox.tsx';
import { Disclosure } from '../../parts/disclosure.tsx';
import { Select } from '../../parts/select.tsx';
import { TextField } from '../../parts/text-field.tsx';
import type { Complaints, MigrationDraft } from './form-state.ts';
import { countSet, OPTION_FIELDS, OPTION_NAMES, type OptionsDraft } from './options-draft.ts';
import styles from './options-form.module.css';

const LETTER_LABELS: Readonly<Record<LetterRule, { readonly label: string; readonly detail: string }>> = {
  keep: { label: 'Keep', detail: 'Every letter as it is at the source.' },
  lower: { label: 'Lower case', detail: 'Letters stay, capitals do not.' },
  slug: { label: 'Slug', detail: 'ASCII letters, digits and dashes; the extension stays.' },
};

const HEADER_HELP = 'A line each; the first that matches counts. Assets that are there already are not compared by it.';

export interface OptionsFormProps {
  readonly draft: MigrationDraft;
  readonly complaints: Complaints;
  readonly destination: ProviderDescriptor | undefined;
  /** Named assets are all wanted. */
  readonly isList: boolean;
  readonly onChange: (changed: Partial<OptionsDraft>) => void;
}

export function OptionsForm(props: OptionsFormProps) {
  const { draft, complaints, isList } = props;
  const needsLook = OPTION_NAMES.some((name) => complaints[OPTION_FIELDS[name]] !== undefined);
  const set = countSet(draft);
  return (
    <Disclosure title="Options" note={set === 0 ? 'everything, as it is' : `${set} set`} needsLook={needsLook}>
      <div className={styles.groups}>
        {!isList && <Assets {...props} />}
        <Keys {...props} />
        <Headers {...props} />
      </div>
    </Disclosure>
  );
}

function Assets(props: OptionsFormProps) {
  const { draft, onChange } = props;
  return (
    <Group title="Which assets">
      <Line {...props} name="include" label="Only these patterns" rows={2} placeholder="**/*.jpg">
        A line each, matched below the prefix: * is within a folder, ** is any folders. Empty: all.
      </Line>
      <Line {...props} name="exclude" label="Leave out" rows={2} placeholder="**/.DS_Store" />
      <div className={styles.pair}>
        <Line {...props} name="leastSize" label="At least" placeholder="64 KiB" />
        <Line {...props} name="mostSize" label="At most" placeholder="2 GB" />
        <Line {...props} name="changedAfter" label="Changed since" placeholder="2024-05-31" />
        <Line {...props} name="changedBefore" label="Changed until" placeholder="2024-12-31" />
      </div>
      <Checkbox
        label="Leave out folders that are shown as empty objects"
        checked={draft.directoryMarkers === 'leave-out'}
        onChange={(isLeftOut) => onChange({ directoryMarkers: isLeftOut ? 'leave-out' : 'move' })}
      />
      <p className={styles.note}>What is left out is counted on the migration.</p>
    </Group>
  );
}

function Keys(props: OptionsFormProps) {
  const { draft, complaints, onChange } = props;
  return (
    <Group title="Keys at the destination">
      <Line {...props} name="stripPrefix" label="Take off the front" placeholder="old-site/" />
      <Select
        label="Letters"
        value={draft.letters}
        choices={Object.entries(LETTER_LABELS).map(([value, words]) => ({ value: value as LetterRule, ...words }))}
        onChange={(letters) => onChange({ letters })}
        help={LETTER_LABELS[draft.letters].detail}
        failure={complaints['policies.naming.letters']}
      />
      <Line {...props} name="template" label="Template" placeholder="{date:YYYY/MM}/{name}.{ext}">
        {`Of ${PLACEHOLDERS.join(' ')}. Of two assets that would get the same key, the second is refused.`}
      </Line>
    </Group>
  );
}

function Headers(props: OptionsFormProps) {
  const { draft, complaints, destination, onChange } = props;
  const { storageClasses: classes, tagCharacters, acls } = destination?.capabilities ?? {};
  const keepsHeaders = destination?.capabilities.keepsContentHeaders !== false;
  return (
    <Group title="Headers, metadata, access">
      <Line {...props} name="cacheControl" label="Cache-Control" rows={2} placeholder="**/*.html = no-cache">
        {keepsHeaders ? HEADER_HELP : 'The destination keeps no headers.'}
      </Line>
      <Line {...props} name="contentType" label="Content-Type" rows={2} placeholder="**/*.webp = image/webp" />
      <Checkbox
        label="Drop metadata that users attached"
        checked={draft.metadata === 'drop'}
        onChange={(isDropped) => onChange({ metadata: isDropped ? 'drop' : 'keep' })}
      />
      {tagCharacters !== undefined && (
        <>
          <Checkbox
            label="Keep the source's tags: one more request for each asset"
            checked={draft.tags === 'keep'}
            onChange={(isKept) => onChange({ tags: isKept ? 'keep' : 'drop' })}
          />
          <Line {...props} name="setTags" label="Tags for all" rows={2} placeholder="team = web">
            A line each. They win over the source's tags of the same name.
          </Line>
        </>
      )}
      <WordSelect
        label="Storage class"
        words={classes}
        value={draft.storageClass}
        onChange={(storageClass) => onChange({ storageClass })}
        failure={complaints['policies.content.storageClass']}
      />
      <WordSelect
        label="ACL"
        words={acls}
        value={draft.acl}
        onChange={(acl) => onChange({ acl })}
        failure={complaints['policies.content.acl']}
      />
    </Group>
  );
}

interface WordSelectProps {
  readonly label: string;
  /** The destination's own. undefined: it has none, and nothing is shown. */
  readonly words: readonly string[] | undefined;
  readonly value: string;
  readonly onChange: (word: string) => void;
  readonly failure: Failure | undefined;
}

function WordSelect({ words, value, ...rest }: WordSelectProps) {
  if (words === undefined) return null;
  const none = { value: '', label: 'As the destination decides' };
  const choices = [none, ...words.map((word) => ({ value: word, label: word }))];
  // What was chosen for another destination may be no word of this one.
  return <Select {...rest} value={words.includes(value) ? value : ''} choices={choices} />;
}

interface LineProps extends OptionsFormProps {
  readonly name: Exclude<keyof OptionsDraft, 'directoryMarkers' | 'letters' | 'metadata' | 'tags'>;
  readonly label: string;
  readonly placeholder: string;
  readonly rows?: number;
  /** The help. */
  readonly children?: string;
}

function Line({ name, label, placeholder, rows = 1, children, draft, complaints, onChange }: LineProps) {
  return (
    <TextField
      label={label}
      value={draft[name]}
      onChange={(value) => onChange({ [name]: value })}
      placeholder={placeholder}
      rows={rows}
      help={children}
      failure={complaints[OPTION_FIELDS[name]]}
      mono
    />
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={styles.group} aria-label={title}>
      <h3 className={styles.title}>{title}</h3>
      {children}
    </section>
  );
}

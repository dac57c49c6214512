/** Owns one field of an account's form, by what the descriptor says it is. Used by account-dialog.tsx. */
import type { Failure } from '../../../src-shared/model/failure.ts';
import type { ProviderOption } from '../../../src-shared/model/provider.ts';
import { Button } from '../../parts/button.tsx';
import { Checkbox } from '../../parts/checkbox.tsx';
import { Select } from '../../parts/select.tsx';
import { FieldNotes, TextField } from '../../parts/text-field.tsx';
import type { AccountForm } from './account-form.ts';

export interface AccountOptionProps {
  readonly option: ProviderOption;
  readonly form: AccountForm;
  readonly failure: Failure | undefined;
  readonly onChange: (changed: Partial<AccountForm>) => void;
}

export function AccountOption(props: AccountOptionProps) {
  const { option, form, failure, onChange } = props;
  const value = form.options[option.name] ?? '';
  const set = (next: string): void => onChange({ options: { ...form.options, [option.name]: next } });
  switch (option.input) {
    case 'secret':
      return <SecretOption {...props} />;
    case 'choice':
      return (
        <Select
          label={option.label}
          value={value}
          choices={option.choices ?? []}
          onChange={set}
          help={option.help}
          failure={failure}
        />
      );
    case 'toggle':
      return (
        <div>
          <Checkbox
            label={option.label}
            checked={(value === '' ? option.initial : value) === 'true'}
            onChange={(checked) => set(String(checked))}
          />
          <FieldNotes id={`option-${option.name}`} help={option.help} failure={failure ?? null} />
        </div>
      );
    case 'text':
      return (
        <TextField
          label={labelOf(option)}
          value={value}
          onChange={set}
          help={option.help}
          placeholder={option.placeholder}
          rows={rowsOf(option)}
          failure={failure}
        />
      );
  }
}

function SecretOption({ option, form, failure, onChange }: AccountOptionProps) {
  const { name } = option;
  const isRemoved = form.removedSecrets.includes(name);
  const isSet = form.secretNames.includes(name) && !isRemoved;
  return (
    <TextField
      label={labelOf(option)}
      input="password"
      rows={rowsOf(option)}
      value={form.typedSecrets[name] ?? ''}
      onChange={(typed) =>
        onChange({
          typedSecrets: { ...form.typedSecrets, [name]: typed },
          // Typing a new one is not removing the old one.
          removedSecrets: form.removedSecrets.filter((removed) => removed !== name),
        })
      }
      help={option.help}
      placeholder={isSet ? 'Set. Leave empty to keep it.' : isRemoved ? 'Will be removed.' : ''}
      failure={failure}
      action={
        isSet && !option.required ? (
          <Button
            label={`Remove ${option.label}`}
            onClick={() =>
              onChange({
                typedSecrets: { ...form.typedSecrets, [name]: '' },
                removedSecrets: [...form.removedSecrets, name],
              })
            }
          >
            Remove
          </Button>
        ) : undefined
      }
    />
  );
}

/** Enough to see that what was pasted has lines; the block can be pulled larger. */
function rowsOf(option: ProviderOption): number {
  return option.multiline === true ? 4 : 1;
}

function labelOf(option: ProviderOption): string {
  return option.required ? option.label : `${option.label} (optional)`;
}

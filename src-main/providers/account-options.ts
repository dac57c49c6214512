/**
 * Owns the check of an account against its provider's descriptor: unknown names, missing required values, values that
 * are none of the choices. Must not know any provider. Called by registry.ts before a provider is made.
 */
import { fail } from '../../src-shared/model/failure.ts';
import type { ProviderDescriptor, ProviderOption } from '../../src-shared/model/provider.ts';

export interface AccountValues {
  readonly options: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** What a toggle holds. An absent toggle has its `initial` value, and is off without one. */
export const TOGGLE_ON = 'true';
const TOGGLE_OFF = 'false';

/** Throws `invalid-input` with `field` "options.NAME" or "secrets.NAME". An empty value counts as absent. */
export function assertAccountValues(descriptor: ProviderDescriptor, account: AccountValues): void {
  for (const [group, values] of [
    ['options', account.options],
    ['secrets', account.secrets],
  ] as const) {
    const known = descriptor.options.filter((option) => (option.input === 'secret') === (group === 'secrets'));
    for (const name of Object.keys(values)) {
      if (known.some((option) => option.name === name)) continue;
      fail('invalid-input', `${descriptor.label} has no setting named "${name}".`, { field: `${group}.${name}` });
    }
    for (const option of known) assertValue(option, values[option.name] ?? '', `${group}.${option.name}`);
  }
}

/** The value of an option, its initial value when it is absent, and empty when it has none. */
export function optionValue(descriptor: ProviderDescriptor, account: AccountValues, name: string): string {
  const given = account.options[name];
  if (given !== undefined && given !== '') return given;
  return descriptor.options.find((option) => option.name === name)?.initial ?? '';
}

function assertValue(option: ProviderOption, value: string, field: string): void {
  if (value === '') {
    if (option.required) fail('invalid-input', `${option.label} is missing.`, { field, hint: option.help });
    return;
  }
  if (option.input === 'toggle' && value !== TOGGLE_ON && value !== TOGGLE_OFF) {
    fail('invalid-input', `${option.label} is either "${TOGGLE_ON}" or "${TOGGLE_OFF}".`, { field });
  }
  if (option.choices !== undefined && !option.choices.some((choice) => choice.value === value)) {
    const allowed = option.choices.map((choice) => `"${choice.value}"`).join(', ');
    fail('invalid-input', `${option.label} is one of ${allowed}.`, { field });
  }
}

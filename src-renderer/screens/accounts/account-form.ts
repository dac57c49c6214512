/**
 * Owns the form of an account as data: fields from the provider's descriptor, the draft, what is missing, and at which
 * field a failure stands. Secrets are write-only: the form never has a saved one. Called by the account editor.
 */
import type { Params } from '../../../src-shared/contract/commands.ts';
import { accountDraft } from '../../../src-shared/contract/schemas.ts';
import { type Failure, failure } from '../../../src-shared/model/failure.ts';
import type { AccountView, ProviderDescriptor, ProviderOption } from '../../../src-shared/model/provider.ts';

export interface AccountForm {
  /** null: a new account. */
  readonly id: string | null;
  readonly provider: string;
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  /** Only what was typed now. A field that is absent or empty keeps what is saved. */
  readonly typedSecrets: Readonly<Record<string, string>>;
  /** Saved secrets that the person asked to remove. */
  readonly removedSecrets: readonly string[];
  /** Saved secrets, by name. */
  readonly secretNames: readonly string[];
}

/** Complaints by field: "name", "options.region", "secrets.secretAccessKey", or "form". */
export type AccountComplaints = Readonly<Record<string, Failure>>;

export function newAccountForm(descriptor: ProviderDescriptor): AccountForm {
  const initial = descriptor.options.flatMap((option) =>
    option.initial === undefined || option.input === 'secret' ? [] : [[option.name, option.initial] as const],
  );
  return {
    id: null,
    provider: descriptor.kind,
    name: '',
    options: Object.fromEntries(initial),
    typedSecrets: {},
    removedSecrets: [],
    secretNames: [],
  };
}

export function editAccountForm(account: AccountView): AccountForm {
  return {
    id: account.id,
    provider: account.provider,
    name: account.name,
    options: account.options,
    typedSecrets: {},
    removedSecrets: [],
    secretNames: account.secretNames,
  };
}

export type DraftOrComplaints =
  | { readonly ok: true; readonly draft: Params<'account.save'> }
  | { readonly ok: false; readonly complaints: AccountComplaints };

/** The draft to save or to test. Secrets that were not typed are not sent; an empty string removes one. */
export function toAccountDraft(form: AccountForm, descriptor: ProviderDescriptor): DraftOrComplaints {
  const complaints: Record<string, Failure> = {};
  if (form.name.trim() === '') complaints.name = own('Give the account a name.');
  for (const option of descriptor.options) {
    if (option.required && !isGiven(form, option)) {
      complaints[fieldOf(option)] = own(`${option.label} is needed.`);
    }
  }
  if (Object.keys(complaints).length > 0) return { ok: false, complaints };
  const draft = {
    ...(form.id === null ? {} : { id: form.id }),
    provider: form.provider,
    name: form.name.trim(),
    options: Object.fromEntries(Object.entries(form.options).filter(([, value]) => value !== '')),
    secrets: {
      ...Object.fromEntries(Object.entries(form.typedSecrets).filter(([, value]) => value !== '')),
      ...Object.fromEntries(form.removedSecrets.map((name) => [name, ''])),
    },
  };
  const issue = accountDraft.safeParse(draft).error?.issues[0];
  if (issue === undefined) return { ok: true, draft };
  return {
    ok: false,
    complaints: { [placeOf(issue.path.join('.'), descriptor)]: own(issue.message) },
  };
}

/** Where a failure of saving or testing stands. */
export function placeAccountFailure(told: Failure, descriptor: ProviderDescriptor): AccountComplaints {
  return { [placeOf(told.field ?? '', descriptor)]: told };
}

/** The name of an option's field, as failures name it. */
export function fieldOf(option: ProviderOption): string {
  return option.input === 'secret' ? `secrets.${option.name}` : `options.${option.name}`;
}

/**
 * The options that mean something with what is chosen. `seldom`: few accounts need them; one that is set or is complained
 * about is not hidden among them.
 */
export function shownOptions(
  form: AccountForm,
  descriptor: ProviderDescriptor,
  complaints: AccountComplaints,
): { readonly usual: readonly ProviderOption[]; readonly seldom: readonly ProviderOption[] } {
  const chosen = (name: string): string =>
    form.options[name] || (descriptor.options.find((option) => option.name === name)?.initial ?? '');
  const shown = descriptor.options.filter(
    (option) =>
      option.when === undefined ||
      option.when.is.includes(chosen(option.when.option)) ||
      complaints[fieldOf(option)] !== undefined,
  );
  return {
    usual: shown.filter(({ seldom }) => seldom !== true),
    seldom: shown.filter(({ seldom }) => seldom === true),
  };
}

/** Something else than what a new account begins with. */
export function isChanged(form: AccountForm, option: ProviderOption): boolean {
  if (option.input === 'secret') return isGiven(form, option);
  return (form.options[option.name] || option.initial || '') !== (option.initial ?? '');
}

function placeOf(path: string, descriptor: ProviderDescriptor): string {
  const bare = path.replace(/^account\./, '');
  const known = ['name', ...descriptor.options.map(fieldOf)];
  return known.includes(bare) ? bare : 'form';
}

function isGiven(form: AccountForm, option: ProviderOption): boolean {
  if (option.input !== 'secret') return (form.options[option.name] ?? '').trim() !== '';
  if ((form.typedSecrets[option.name] ?? '') !== '') return true;
  return form.secretNames.includes(option.name) && !form.removedSecrets.includes(option.name);
}

function own(message: string): Failure {
  return failure('invalid-input', message);
}

/**
 * Owns the draft of a migration: its shape, how it becomes a request, and at which field a failure is shown.
 * Must not touch the channel, the browser or React. Called by the new-migration form.
 */
import type { Params } from '../../../src-shared/contract/commands.ts';
import { MAX_KEY_CHARACTERS, migrationRequest } from '../../../src-shared/contract/schemas.ts';
import { type Failure, failure } from '../../../src-shared/model/failure.ts';
import type { OverwritePolicy } from '../../../src-shared/model/migration.ts';
import type { ProofRung } from '../../../src-shared/model/proof.ts';
import type { LocationRole } from '../../../src-shared/model/provider.ts';
import type { AfterCopyRule } from '../../../src-shared/model/source-removal.ts';
import { readUrlList, type UrlList } from '../../../src-shared/url-list/read-url-list.ts';
import {
  lineAt,
  NO_OPTIONS,
  OPTION_FIELDS,
  OPTION_NAMES,
  type OptionsDraft,
  toContent,
  toFilter,
  toNaming,
  unreadable,
} from './options-draft.ts';

export interface EndDraft {
  readonly accountId: string;
  readonly container: string;
  readonly prefix: string;
}

/** A list of addresses that was read from a file. */
export interface ListFile {
  readonly name: string;
  readonly text: string;
}

export interface MigrationDraft extends OptionsDraft {
  readonly name: string;
  readonly source: EndDraft;
  /** Everything under the source's prefix, or the pasted addresses. */
  readonly take: 'listing' | 'urls';
  readonly urls: string;
  /** A list from a file, in place of the pasted one. */
  readonly urlFile: ListFile | null;
  readonly destination: EndDraft;
  readonly overwrite: OverwritePolicy;
  readonly minimumProof: ProofRung;
  readonly afterCopy: AfterCopyRule;
  readonly queue: string;
}

const NO_END: EndDraft = { accountId: '', container: '', prefix: '' };

export const EMPTY_DRAFT: MigrationDraft = {
  name: '',
  source: NO_END,
  take: 'listing',
  urls: '',
  urlFile: null,
  destination: NO_END,
  overwrite: 'if-different',
  minimumProof: 'size-only',
  afterCopy: 'keep',
  queue: 'default',
  ...NO_OPTIONS,
};

/** An end that nobody chose yet begins at the account that is always there. */
export function withFirstAccount(draft: MigrationDraft, accountId: string): MigrationDraft {
  const first = (end: EndDraft): EndDraft => (end.accountId === '' ? { ...end, accountId } : end);
  return { ...draft, source: first(draft.source), destination: first(draft.destination) };
}

/** The places of the form where a failure can stand; `form` is the strip on top, for what belongs to no field. */
export const FORM_FIELDS = [
  'name',
  'source.accountId',
  'source.container',
  'source.prefix',
  'selection',
  'policies.overwrite',
  'policies.minimumProof',
  'policies.afterCopy',
  'queue',
  'destination.accountId',
  'destination.container',
  'destination.prefix',
  ...Object.values(OPTION_FIELDS),
  'form',
] as const;
export type FormField = (typeof FORM_FIELDS)[number];

/** What is wrong, at the field where it was typed. */
export type Complaints = Readonly<Partial<Record<FormField, Failure>>>;

export type RequestOrComplaints =
  | { readonly ok: true; readonly request: Params<'migration.submit'>; readonly list: UrlList | null }
  | { readonly ok: false; readonly complaints: Complaints };

/** The request that the draft asks for, or what is missing, each at its field. `list`: the parsed URLs, to place failures. */
export function toRequest(draft: MigrationDraft): RequestOrComplaints {
  const complaints: Partial<Record<FormField, Failure>> = {};
  for (const role of ['source', 'destination'] as const) {
    if (draft[role].accountId === '') complaints[`${role}.accountId`] = own('Choose an account.');
  }
  const list = draft.take === 'urls' ? readUrlList(draft.urlFile?.text ?? draft.urls) : null;
  const listComplaint = list === null ? null : complainAboutList(list);
  if (listComplaint !== null) complaints.selection = listComplaint;
  for (const role of ['source', 'destination'] as const) {
    for (const part of ['container', 'prefix'] as const) {
      if (draft[role][part].length > MAX_KEY_CHARACTERS) {
        complaints[`${role}.${part}`] = own(`This is longer than ${MAX_KEY_CHARACTERS} characters.`);
      }
    }
  }
  for (const [name, message] of Object.entries(unreadable(draft))) {
    complaints[OPTION_FIELDS[name as keyof OptionsDraft]] = own(message);
  }
  if (Object.keys(complaints).length > 0) return { ok: false, complaints };
  const name = draft.name.trim();
  const request: Params<'migration.submit'> = {
    ...(name === '' ? {} : { name }),
    source: list === null ? draft.source : { accountId: draft.source.accountId, container: '', prefix: '' },
    destination: draft.destination,
    selection:
      list === null ? { kind: 'listing', filter: toFilter(draft) } : { kind: 'assets', assets: [...list.assets] },
    policies: {
      overwrite: draft.overwrite,
      minimumProof: draft.minimumProof,
      afterCopy: draft.afterCopy,
      naming: toNaming(draft),
      content: toContent(draft),
    },
    queue: draft.queue,
  };
  const { error } = migrationRequest.safeParse(request);
  if (error === undefined) return { ok: true, request, list };
  for (const { path, message } of error.issues) {
    const place = path.join('.');
    const line = lineAt(draft, place);
    complaints[fieldOf(place)] ??= own(line === null ? message : `${line}: ${message}`);
  }
  return { ok: false, complaints };
}

/** Where a failure of `migration.submit` or `account.check` is shown. A check names no side, so `role` does. */
export function placeFailure(
  told: Failure,
  context: { readonly role?: LocationRole; readonly list?: UrlList | null } = {},
): Complaints {
  const named = told.field ?? '';
  const whole = context.role === undefined || named.startsWith(`${context.role}.`) ? named : `${context.role}.${named}`;
  const field =
    context.role !== undefined && fieldOf(whole) === 'form' ? (`${context.role}.container` as const) : fieldOf(whole);
  const line = lineOf(whole, context.list ?? null);
  return { [field]: line === null ? told : { ...told, message: `Line ${line}: ${told.message}` } };
}

const TOUCHES: Readonly<Record<keyof MigrationDraft, (field: FormField) => boolean>> = {
  name: (field) => field === 'name',
  source: (field) => field.startsWith('source.'),
  take: (field) => field === 'selection' || field.startsWith('source.'),
  urls: (field) => field === 'selection',
  urlFile: (field) => field === 'selection',
  destination: (field) => field.startsWith('destination.'),
  overwrite: (field) => field === 'policies.overwrite',
  minimumProof: (field) => field === 'policies.minimumProof',
  afterCopy: (field) => field === 'policies.afterCopy',
  queue: (field) => field === 'queue',
  ...(Object.fromEntries(
    OPTION_NAMES.map((name) => [name, (field: FormField) => field === OPTION_FIELDS[name]]),
  ) as Record<keyof OptionsDraft, (field: FormField) => boolean>),
};

/** What is left after a change: mending a field takes its complaint away; one about the whole request any change may mend. */
export function withoutTouched(complaints: Complaints, changed: Partial<MigrationDraft>): Complaints {
  const keys = Object.keys(changed) as (keyof MigrationDraft)[];
  const kept = FORM_FIELDS.filter((field) => field !== 'form' && !keys.some((key) => TOUCHES[key](field)));
  return Object.fromEntries(kept.flatMap((field) => (complaints[field] ? [[field, complaints[field]]] : [])));
}

/** The field itself, or the nearest one above it: "selection.assets.12.sourceKey" stands at `selection`. */
function fieldOf(path: string): FormField {
  const parts = path.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const candidate = parts.slice(0, length).join('.');
    const field = FORM_FIELDS.find((known) => known === candidate);
    if (field !== undefined) return field;
  }
  return 'form';
}

/** The line of the asset that a failure names; null when there is none, or when counting assets gives the same number. */
function lineOf(path: string, list: UrlList | null): number | null {
  const index = /^selection\.assets\.(\d+)/.exec(path)?.[1];
  if (index === undefined || list === null) return null;
  const line = list.lines[Number(index)];
  return line === undefined || line === Number(index) + 1 ? null : line;
}

function complainAboutList(list: UrlList): Failure | null {
  const first = list.problems[0];
  if (first !== undefined) {
    const more = list.problems.length - 1;
    const rest = more === 0 ? '' : ` ${more} more ${more === 1 ? 'line needs' : 'lines need'} a look.`;
    return own(`Line ${first.line}: ${first.message}${rest}`);
  }
  return list.assets.length === 0 ? own('Give at least one address.') : null;
}

function own(message: string): Failure {
  return failure('invalid-input', message);
}

/** Proves that an account's form sends what was typed and nothing more, above all with secrets. */
import { expect, test } from 'vitest';
import { failure } from '../../../src-shared/model/failure.ts';
import type { AccountView, ProviderDescriptor, ProviderOption } from '../../../src-shared/model/provider.ts';
import {
  editAccountForm,
  isChanged,
  newAccountForm,
  placeAccountFailure,
  shownOptions,
  toAccountDraft,
} from './account-form.ts';

const descriptor: ProviderDescriptor = {
  kind: 's3',
  label: 'S3-compatible',
  chip: 'S3',
  summary: '',
  container: { label: 'Bucket', help: '', placeholder: '' },
  options: [
    { name: 'endpoint', label: 'Endpoint', help: '', input: 'text', required: true },
    { name: 'region', label: 'Region', help: '', input: 'text', required: false, initial: 'us-east-1' },
    { name: 'secretAccessKey', label: 'Secret access key', help: '', input: 'secret', required: true },
    { name: 'sessionToken', label: 'Session token', help: '', input: 'secret', required: false },
  ],
  capabilities: {
    canRead: true,
    canWrite: true,
    canList: true,
    rangeReads: true,
    certainRanges: false,
    rereads: false,
    multipart: true,
    windowsFromBytes: null,
    wholeChecksumUpToBytes: null,
    resumesWrites: false,
    keepsModifiedTime: false,
    keepsContentHeaders: true,
    keepsMetadata: true,
    bestProof: 'checksum',
    maxObjectBytes: null,
    maxKeyBytes: null,
  },
  builtInAccount: null,
  internal: false,
};

const saved: AccountView = {
  id: 'a1',
  provider: 's3',
  name: 'media',
  options: { endpoint: 'https://s3.example', region: 'eu' },
  secretNames: ['secretAccessKey', 'sessionToken'],
  builtIn: false,
  maxAttempts: null,
  lastCheck: null,
  createdAtMs: 0,
};

test('a new form starts with the initial values of the descriptor', () => {
  expect(newAccountForm(descriptor)).toMatchObject({ id: null, provider: 's3', options: { region: 'us-east-1' } });
});

test('what is required and missing is told at each field', () => {
  const answer = toAccountDraft(newAccountForm(descriptor), descriptor);
  expect(answer.ok ? [] : Object.keys(answer.complaints).sort()).toEqual([
    'name',
    'options.endpoint',
    'secrets.secretAccessKey',
  ]);
});

test('an edit without typing a secret keeps the saved ones: none is sent', () => {
  const answer = toAccountDraft({ ...editAccountForm(saved), name: ' media 2 ' }, descriptor);
  expect(answer).toEqual({
    ok: true,
    draft: { id: 'a1', provider: 's3', name: 'media 2', options: saved.options, secrets: {} },
  });
});

test('a typed secret is sent, an emptied field is not, a removed one is sent as empty', () => {
  const form = {
    ...editAccountForm(saved),
    typedSecrets: { secretAccessKey: 'new' },
    removedSecrets: ['sessionToken'],
  };
  const answer = toAccountDraft(form, descriptor);
  expect(answer.ok ? answer.draft.secrets : null).toEqual({ secretAccessKey: 'new', sessionToken: '' });
  const emptied = toAccountDraft({ ...form, typedSecrets: { secretAccessKey: '' }, removedSecrets: [] }, descriptor);
  expect(emptied.ok ? emptied.draft.secrets : null).toEqual({});
});

test('a required secret that was removed must be typed again', () => {
  const answer = toAccountDraft({ ...editAccountForm(saved), removedSecrets: ['secretAccessKey'] }, descriptor);
  expect(answer.ok ? [] : Object.keys(answer.complaints)).toEqual(['secrets.secretAccessKey']);
});

test('a cleared option is left out, so the provider sees it as not given', () => {
  const form = { ...editAccountForm(saved), options: { endpoint: 'https://s3.example', region: '' } };
  const answer = toAccountDraft(form, descriptor);
  expect(answer.ok ? answer.draft.options : null).toEqual({ endpoint: 'https://s3.example' });
});

test.each([
  ['options.endpoint', 'options.endpoint'],
  ['secrets.secretAccessKey', 'secrets.secretAccessKey'],
  ['account.options.region', 'options.region'],
  ['name', 'name'],
  ['options.unknown', 'form'],
  ['container', 'form'],
])('a failure at %s stands at %s', (field, place) => {
  const told = failure('invalid-input', 'No.', { field });
  expect(placeAccountFailure(told, descriptor)).toEqual({ [place]: told });
});

test('shows what means something with what is chosen, few things last, and never hides a complaint', () => {
  const asked = (name: string, more: Partial<ProviderOption>): ProviderOption => ({
    name,
    label: name,
    help: '',
    input: 'text',
    required: false,
    ...more,
  });
  const login = asked('login', { input: 'choice', initial: 'basic' });
  const user = asked('user', { when: { option: 'login', is: ['basic', 'digest'] } });
  const token = asked('token', { input: 'secret', when: { option: 'login', is: ['bearer'] } });
  const rare = asked('authority', { seldom: true });
  const server = { ...descriptor, options: [login, user, token, rare] };
  const form = newAccountForm(server);
  expect(shownOptions(form, server, {})).toEqual({ usual: [login, user], seldom: [rare] });
  const bearer = { ...form, options: { login: 'bearer', authority: 'PEM' } };
  expect(shownOptions(bearer, server, {})).toEqual({ usual: [login, token], seldom: [rare] });
  const complaint = { 'options.user': failure('invalid-input', 'Who is that?') };
  expect(shownOptions(bearer, server, complaint).usual).toEqual([login, user, token]);
  expect([form, bearer].map((each) => isChanged(each, rare))).toEqual([false, true]);
  expect(isChanged(form, login)).toBe(false);
});

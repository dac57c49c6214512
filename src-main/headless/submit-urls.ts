/**
 * Owns beginning a migration of a list of addresses from the command line, with what is wrong at its line. Must not
 * judge the list (src-shared/url-list does). Part of cli-verbs.ts.
 */
import { FailureError, fail, failure } from '../../src-shared/model/failure.ts';
import { OVERWRITE_POLICIES } from '../../src-shared/model/migration.ts';
import { decodeText } from '../../src-shared/report/decode-text.ts';
import { MAX_URL_LIST_BYTES, readUrlList, type UrlList } from '../../src-shared/url-list/read-url-list.ts';
import type { Call } from './call-house.ts';
import { afterCopyOf, oneOf, text } from './flag-values.ts';
import { assertEnd, THIS_COMPUTER, typedPlace } from './typed-ends.ts';
import type { VerbInput, VerbOutput } from './verb.ts';

/** The account that is always there. */
const WEB_ADDRESSES = 'http';
const MOST_SHOWN = 20;

/** Throws FailureError `invalid-input` that names the lines, before anything is asked for. */
export async function submitUrls(call: Call, input: VerbInput, file: string): Promise<VerbOutput> {
  const { words, flags, folder } = input;
  const [container, another] = words;
  if (container === undefined || another !== undefined || flags.prefix !== undefined) {
    fail('invalid-input', 'With --urls, the list is the source: name nothing but the destination.', {
      hint: 'Like: submit --urls list.csv /srv/assets',
    });
  }
  const bytes = await input.readFile(file, MAX_URL_LIST_BYTES);
  const list = readUrlList(decodeText(bytes, new TextDecoder('utf-8', { fatal: true }), 'selection'));
  assertList(list, file);
  const { accounts } = await call('account.list', {});
  const source = { ...typedPlace(accounts, text(flags.from) ?? WEB_ADDRESSES, '', folder), prefix: '' };
  const place = typedPlace(accounts, text(flags.to) ?? THIS_COMPUTER, container, folder);
  const destination = { ...place, prefix: text(flags.into) ?? '' };
  const overwrite = oneOf(OVERWRITE_POLICIES, flags.overwrite, '--overwrite') ?? 'if-different';
  await assertEnd(call, destination, 'destination');
  const request = {
    source,
    destination,
    selection: { kind: 'assets' as const, assets: [...list.assets] },
    policies: { overwrite, afterCopy: afterCopyOf(flags) },
  };
  const result = await call('migration.submit', request).catch((thrown: unknown) => {
    throw atItsLine(thrown, list);
  });
  const assets = list.assets.length;
  return {
    data: { ...result, assets },
    lines: [
      `Migration ${result.migrationId} is queued with ${assets} assets; ${result.position} jobs are ahead of it.`,
    ],
  };
}

function assertList({ assets, problems }: UrlList, file: string): void {
  if (problems.length === 0 && assets.length > 0) return;
  if (problems.length === 0) fail('invalid-input', `${file} holds no addresses.`);
  const shown = problems.slice(0, MOST_SHOWN).map(({ line, message }) => `Line ${line}: ${message}`);
  const rest = problems.length - shown.length;
  fail('invalid-input', [...shown, ...(rest > 0 ? [`and ${rest} more lines`] : [])].join('\n'), {
    hint: 'Correct the list and submit it again; nothing was done.',
  });
}

/** The house counts assets; the person sees lines. */
function atItsLine(thrown: unknown, { lines }: UrlList): unknown {
  if (!(thrown instanceof FailureError)) return thrown;
  const index = /^selection\.assets\.(\d+)/.exec(thrown.failure.field ?? '')?.[1];
  const line = index === undefined ? undefined : lines[Number(index)];
  if (line === undefined) return thrown;
  const { code, message, ...rest } = thrown.failure;
  return new FailureError(failure(code, `Line ${line}: ${message}`, rest));
}

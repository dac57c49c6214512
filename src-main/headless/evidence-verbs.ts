/**
 * Owns the verbs of the command line about what a team takes away from a migration, and about starting one from a
 * report. Must not touch the process (`VerbInput` lends what they need). Part of cli-verbs.ts.
 */
import {
  type EvidenceOrder,
  REPORT_CHOICES,
  REPORT_FORMATS,
  URL_MAP_FORMATS,
  type WebBase,
} from '../../src-shared/model/evidence.ts';
import { fail } from '../../src-shared/model/failure.ts';
import { MAX_REPORT_BYTES, readReport } from '../../src-shared/report/read-report.ts';
import type { Call } from './call-house.ts';
import { oneOf, text } from './flag-values.ts';
import { idOf, type Verb, type VerbInput, type VerbOutput } from './verb.ts';

export const EVIDENCE_VERBS: Readonly<Record<string, Verb>> = {
  report: {
    usage: `report MIGRATION [--only ${REPORT_CHOICES.slice(1).join('|')}] [--format ${REPORT_FORMATS.join('|')}] [--output FILE]`,
    help: 'every asset of a migration with its proof, or its failure; to standard output unless a file is named',
    mostWords: 1,
    run(call, input) {
      const { flags } = input;
      const ending = text(flags.output)?.split('.').at(-1);
      return save(call, input, {
        kind: 'report',
        migrationId: idOf(input),
        format:
          oneOf(REPORT_FORMATS, flags.format, '--format') ?? REPORT_FORMATS.find((known) => known === ending) ?? 'csv',
        choice: oneOf(REPORT_CHOICES, flags.only, '--only') ?? 'all',
      });
    },
  },
  'url-map': {
    usage: `url-map MIGRATION --old URL --new URL [--old-prefix P] [--new-prefix P] [--format ${URL_MAP_FORMATS.join('|')}] [--output FILE]`,
    help: 'old to new addresses of what arrived; each URL stands before the keys, in place of its prefix',
    mostWords: 1,
    run: (call, input) =>
      save(call, input, urlMapOrder(input, oneOf(URL_MAP_FORMATS, input.flags.format, '--format') ?? 'csv')),
  },
};

type UrlMapOrder = Extract<EvidenceOrder, { kind: 'url-map' }>;

export function urlMapOrder(input: VerbInput, format: UrlMapOrder['format']): UrlMapOrder {
  const { flags } = input;
  const base = (side: 'old' | 'new'): WebBase | null => {
    const url = text(flags[side]);
    return url === undefined ? null : { url, prefix: text(flags[`${side}-prefix`]) ?? '' };
  };
  const newBase = base('new') ?? fail('invalid-input', 'Say with --new under which address the destination is served.');
  return { kind: 'url-map', migrationId: idOf(input), format, oldBase: base('old'), newBase };
}

async function save(call: Call, input: VerbInput, order: EvidenceOrder): Promise<VerbOutput> {
  const { remarks } = await call('evidence.preview', order);
  for (const remark of remarks) input.remark(remark);
  const saved = await call('evidence.save', order);
  if (saved.kind !== 'link') return fail('unsupported', 'This Transship gives no links.');
  const file = text(input.flags.output);
  await input.download(saved.path, file);
  return file === undefined
    ? { data: undefined, lines: [] }
    : { data: { file, remarks }, lines: [`${file} is written.`] };
}

/** A new migration of what did not arrive by this report. */
export async function submitFromReport(call: Call, input: VerbInput, file: string): Promise<VerbOutput> {
  const bytes = await input.readFile(file, MAX_REPORT_BYTES);
  const { request, passedOver, migrationId } = readReport(bytes, new TextDecoder('utf-8', { fatal: true }));
  const { name, source, destination, selection, policies, queue } = request;
  const assets = selection.kind === 'assets' ? selection.assets.length : 0;
  const result = await call('migration.submit', {
    ...(name === undefined ? {} : { name }),
    source: { ...source },
    destination: { ...destination },
    selection: selection.kind === 'assets' ? { kind: 'assets', assets: [...selection.assets] } : selection,
    policies: { ...policies },
    queue,
  });
  const rest = passedOver === 0 ? '' : `; ${passedOver} that arrived or were skipped are left out`;
  return {
    data: { ...result, assets, passedOver },
    lines: [
      `Migration ${result.migrationId} is queued with ${assets} assets of migration ${migrationId}${rest}; ${result.position} jobs are ahead of it.`,
    ],
  };
}

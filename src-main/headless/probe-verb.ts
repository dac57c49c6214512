/**
 * Owns the verb that compares how assets are served at their old and new addresses. The requests are made by the
 * process of the command line, so the house has no part in them. Must not touch the process (`VerbInput` lends what it
 * needs). Part of cli-verbs.ts.
 */
import { fail } from '../../src-shared/model/failure.ts';
import { PROBE_FORMATS, probeHead, probeLine } from '../probe/probe-table.ts';
import { type ProbedAsset, runProbe, sampleOf } from '../probe/run-probe.ts';
import { urlMapOrder } from './evidence-verbs.ts';
import { oneOf, text, wholeNumber } from './flag-values.ts';
import type { Verb } from './verb.ts';

const DEFAULT_SAMPLE = 100;
const MAX_SAMPLE = 100_000;
const DEFAULT_AT_ONCE = 8;
const MAX_AT_ONCE = 64;

export const PROBE: Verb = {
  usage:
    'probe MIGRATION --old URL --new URL [--old-prefix P] [--new-prefix P] [--sample N | --all] [--at-once N] [--origin URL] [--allow-private] [--format csv|jsonl] [--output FILE]',
  help: 'ask both addresses of what arrived (HEAD) and compare status, type, length, caching, encoding, ranges and CORS',
  mostWords: 1,
  async run(call, input) {
    const { flags } = input;
    const order = urlMapOrder(input, 'jsonl');
    const format = oneOf(PROBE_FORMATS, flags.format, '--format') ?? 'csv';
    const size = wholeNumber(flags.sample, '--sample', 1, MAX_SAMPLE) ?? DEFAULT_SAMPLE;
    const concurrency = wholeNumber(flags['at-once'], '--at-once', 1, MAX_AT_ONCE) ?? DEFAULT_AT_ONCE;
    const origin = originOf(text(flags.origin) ?? order.oldBase?.url ?? order.newBase.url);
    const { remarks, jobs } = await call('evidence.preview', order);
    for (const remark of remarks) input.remark(remark);
    const saved = await call('evidence.save', order);
    if (saved.kind !== 'link') return fail('unsupported', 'This Transship gives no links.');
    const counts = { alike: 0, different: 0, unanswered: 0, leftOut: 0 };
    const mapped = assetsOf(input.readLines(saved.path), () => {
      counts.leftOut += 1;
    });
    const assets = flags.all === true ? mapped : each(await sampleOf(mapped, size));
    const expected = flags.all === true ? jobs : Math.min(jobs, size);
    const options = {
      concurrency,
      origin,
      allowPrivate: flags['allow-private'] === true,
      signal: input.interruptible(),
    };
    const file = text(flags.output);

    async function* lines(): AsyncGenerator<string> {
      yield probeHead(format);
      for await (const row of runProbe(assets, options)) {
        counts[row.verdict] += 1;
        input.progress(
          `${counts.alike + counts.different + counts.unanswered} of ${expected}, ${counts.different} differ`,
        );
        yield probeLine(format, row);
      }
    }
    await input.write(lines(), file);
    const { alike, different, unanswered, leftOut } = counts;
    const missing = leftOut === 0 ? '' : `, ${leftOut} have no address (see url-map)`;
    input.remark(`${alike} are served alike, ${different} differ, ${unanswered} did not answer${missing}.`);
    return {
      data: file === undefined ? undefined : { file, ...counts },
      lines: file === undefined ? [] : [`${file} is written.`],
      ...(different + unanswered > 0 ? { exitCode: 1 as const } : {}),
    };
  },
};

/** Rows of the URL map that have both addresses. */
async function* assetsOf(lines: AsyncIterable<string>, onLeftOut: () => void): AsyncGenerator<ProbedAsset> {
  for await (const line of lines) {
    // The house's own rows; see src-main/evidence/formats/tables.ts.
    const { sourceKey, oldUrl, newUrl } = JSON.parse(line) as Record<keyof ProbedAsset, string | null>;
    if (sourceKey === null || oldUrl === null || newUrl === null) onLeftOut();
    else yield { sourceKey, oldUrl, newUrl };
  }
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

function originOf(url: string): string {
  const { origin } =
    URL.parse(url) ?? fail('invalid-input', `${url} is no address.`, { hint: 'Like https://www.example.com.' });
  return origin;
}

/**
 * Owns the URL map of a migration as text, piece by piece, in any of its formats. Must not know where it goes. Called
 * by open-evidence.ts.
 */
import { hash } from 'node:crypto';
import type { EvidenceOrder, JobEvidence, UrlMapFormat } from '../../src-shared/model/evidence.ts';
import { fail } from '../../src-shared/model/failure.ts';
import type { JobRow } from '../../src-shared/model/job.ts';
import { keysAreUrls, shownUrl } from '../../src-shared/model/url-key.ts';
import type { StoredMigration } from '../store/records.ts';
import { apacheMap } from './formats/apache.ts';
import { cloudflareMap } from './formats/cloudflare.ts';
import { netlifyMap } from './formats/netlify.ts';
import { nginxMap } from './formats/nginx.ts';
import { oldUrl } from './formats/old-url.ts';
import { csvMap, jsonLinesMap, jsonMap } from './formats/tables.ts';
import { vercelMap } from './formats/vercel.ts';
import type { LeftOut, MapEntry, MapFacts, UrlMapWriter } from './url-map-format.ts';
import {
  addressBelow,
  addressOfUrl,
  readBase,
  type ServedBase,
  strictPath,
  unreachable,
  type WebAddress,
} from './web-address.ts';

export const URL_MAP_WRITERS: Readonly<Record<UrlMapFormat, UrlMapWriter>> = {
  csv: csvMap,
  json: jsonMap,
  jsonl: jsonLinesMap,
  nginx: nginxMap,
  apache: apacheMap,
  cloudflare: cloudflareMap,
  netlify: netlifyMap,
  vercel: vercelMap,
};

/** Both bases, judged. `old` null: the source keys are whole addresses. */
export interface ServedBases {
  readonly old: ServedBase | null;
  readonly new: ServedBase;
}

/** Throws FailureError at the base that cannot be. */
export function readBases(
  { oldBase, newBase }: Extract<EvidenceOrder, { kind: 'url-map' }>,
  migration: StoredMigration,
): ServedBases {
  const isWhole = keysAreUrls(migration.source.container);
  if (!isWhole && oldBase === null) {
    fail('invalid-input', 'Say under which address the source was served.', { field: 'oldBase.url' });
  }
  return {
    old: isWhole || oldBase === null ? null : readBase(oldBase, 'oldBase'),
    new: readBase(newBase, 'newBase'),
  };
}

/** Whatever stands at its destination: moved there, or found there by a worker. */
export async function* writeUrlMap(
  facts: MapFacts,
  writer: UrlMapWriter,
  bases: ServedBases,
  pages: AsyncIterable<readonly JobEvidence[]>,
  /** A listing names each key once; only hand-made lists, and targets that fold case, can name an address twice. */
  mayRepeat: boolean,
): AsyncGenerator<string> {
  const seen = mayRepeat || writer.sameAs !== undefined ? new Set<string>() : null;
  let isFirst = true;
  yield writer.head(facts, writer);
  for await (const page of pages) {
    const pieces: string[] = [];
    for (const { job } of page) {
      if (job.proof === null) continue;
      pieces.push(isFirst ? '' : writer.separator, pieceFor(job));
      isFirst = false;
    }
    yield pieces.join('');
  }
  yield writer.foot;

  function pieceFor(job: JobRow): string {
    const mapped = mapJob(job, bases);
    if ('reason' in mapped) return missing(mapped);
    if (seen !== null && isRepeated(seen, (writer.sameAs ?? oldUrl)(mapped.old))) {
      return missing({ ...mapped, reason: 'an asset above has the same old address for this target' });
    }
    const redirect = writer.redirect(mapped, facts);
    return 'text' in redirect ? redirect.text : missing({ ...mapped, reason: redirect.leftOut });
  }

  function missing({ sourceKey, destinationKey, proof, reason }: LeftOut): string {
    if (writer.leftOut !== null) return writer.leftOut({ sourceKey, destinationKey, proof, reason });
    return fail('unsupported', `${JSON.stringify(sourceKey.slice(0, 200))} cannot be redirected there: ${reason}.`, {
      hint: 'This format has no place to say so, and a map without it would look whole. Take the CSV or JSON map.',
    });
  }
}

function mapJob(job: JobRow, bases: ServedBases): MapEntry | LeftOut {
  const { destinationKey, proof } = job;
  const sourceKey = bases.old === null ? shownUrl(job.sourceKey) : job.sourceKey;
  const leftOut = (reason: string): LeftOut => ({ sourceKey, destinationKey, proof, reason });
  const old = bases.old === null ? addressOfUrl(job.sourceKey) : addressBelow(bases.old, sourceKey);
  const fresh = addressBelow(bases.new, destinationKey);
  if (old === null) return leftOut('its source key does not lie below the prefix of the old address');
  if (fresh === null) return leftOut('its destination key does not lie below the prefix of the new address');
  const complaint = unreachable(old) ?? unreachable(fresh);
  if (complaint !== null) return leftOut(complaint);
  return { sourceKey, destinationKey, proof, old, newUrl: newUrl(fresh) };
}

function newUrl({ origin, path }: WebAddress): string {
  return origin + strictPath(path);
}

/** Sixteen characters each: a million addresses take about 60 MB, and only while such a file is written. */
function isRepeated(seen: Set<string>, address: string): boolean {
  const mark = hash('sha256', address, 'base64').slice(0, 16);
  if (seen.has(mark)) return true;
  seen.add(mark);
  return false;
}

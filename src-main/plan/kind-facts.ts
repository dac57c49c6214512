/**
 * Owns what a plan must know of each kind of storage beyond its capabilities: whether it is a disk, whether its ETags
 * are digests, how it cuts large writes, its list prices. Pure data. Must not be taken for a bill. Used by plan-book.ts
 * and estimate.ts.
 */
const MIB = 1024 * 1024;

/** USD. A GB is 10^9 bytes here; where a service means 2^30 the estimate is 7 % too high. */
export interface ListPrices {
  readonly egressPerGb: number;
  readonly writePerThousand: number;
  readonly readPerThousand: number;
  readonly source: string;
}

export interface KindFacts {
  /** Keys become names of files: folders, case and Unicode form matter. */
  readonly isDisk: boolean;
  /** Two ETags of this kind that look like MD5s and differ are of different bytes. */
  readonly hasMd5Etags: boolean;
  /** Writes from `fromBytes` on go up in parts of `partBytes`, with so many requests around them. */
  readonly parts: { readonly fromBytes: number; readonly partBytes: number; readonly extra: number } | null;
  /** null: nobody charges by a public list. */
  readonly prices: ListPrices | null;
}

const DISK: KindFacts = { isDisk: true, hasMd5Etags: false, parts: null, prices: null };
const SERVER: KindFacts = { isDisk: false, hasMd5Etags: false, parts: null, prices: null };

/*
 * List prices in USD, first tier, to the internet, without free allowances, taxes or retrieval fees.
 *   s3: aws.amazon.com/s3/pricing, S3 Standard, us-east-1: PUT/COPY/POST/LIST 0.005 and GET/HEAD 0.0004 a thousand,
 *     transfer out 0.09/GB. Known since 2023; not read anew for this table. Services that only speak S3 differ.
 *   gcs: cloud.google.com/storage/pricing-examples, read November 2026 as archived: class A 0.005 and class B 0.0004 a
 *     thousand, transfer out 0.12/GB.
 *   azure: azure.microsoft.com/pricing/details/storage/blobs and /bandwidth, Hot LRS, East US: writes and lists 0.005
 *     and reads 0.0004 a thousand, transfer out 0.087/GB. Known since 2023; not read anew for this table.
 * The sizes of parts are those of each provider's limits.ts.
 */
const KINDS: Readonly<Record<string, KindFacts>> = {
  s3: {
    isDisk: false,
    hasMd5Etags: true,
    parts: { fromBytes: 256 * MIB + 1, partBytes: 16 * MIB, extra: 2 },
    prices: {
      egressPerGb: 0.09,
      writePerThousand: 0.005,
      readPerThousand: 0.0004,
      source: 'Amazon S3 Standard, us-east-1, list prices of 2023',
    },
  },
  gcs: {
    isDisk: false,
    hasMd5Etags: false,
    parts: { fromBytes: 16 * MIB + 1, partBytes: 16 * MIB, extra: 1 },
    prices: {
      egressPerGb: 0.12,
      writePerThousand: 0.005,
      readPerThousand: 0.0004,
      source: 'Google Cloud Storage Standard, us-east1, list prices read in November 2026',
    },
  },
  azure: {
    isDisk: false,
    hasMd5Etags: false,
    parts: { fromBytes: 64 * MIB, partBytes: 8 * MIB, extra: 1 },
    prices: {
      egressPerGb: 0.087,
      writePerThousand: 0.005,
      readPerThousand: 0.0004,
      source: 'Azure Blob Storage Hot LRS, East US, list prices of 2023',
    },
  },
  local: DISK,
  webdav: DISK,
  sftp: DISK,
  ftp: DISK,
  memory: { ...SERVER, hasMd5Etags: true },
};

/** Of a kind that nobody described here: a server without prices. */
export function kindFacts(kind: string): KindFacts {
  return (Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined) ?? SERVER;
}

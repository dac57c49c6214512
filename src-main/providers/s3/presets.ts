/**
 * Owns what is known of each S3 service: where it is, what it signs with, and how it differs from Amazon. Pure data, and
 * which row an account is. Must not hold what the code finds out by itself: parts of one size (R2 wants them) and ETags
 * that are no digest (R2, GCS: of uploads in parts) need no row. Read by descriptor.ts and s3-settings.ts.
 *
 * Sources, read in November 2026: docs.aws.amazon.com/general/latest/gr/s3.html; developers.cloudflare.com/r2/api/s3/api;
 * backblaze.com/docs/cloud-storage-call-the-s3-compatible-api; docs.wasabi.com/docs/service-urls-for-wasabis-storage-
 * regions; docs.digitalocean.com/reference/api/spaces-api; docs.cloud.google.com/storage/docs/{interoperability,
 * request-preconditions,transcoding}. Ceph and Swift were asked themselves (s3.servers.test.ts).
 */

/**
 * What If-None-Match does to a write: a key that is there is refused; nothing may be relied on, so it is looked for first;
 * or that has to be found out.
 */
export type Conditions = 'honoured' | 'none' | 'unsure';

export interface ServicePreset {
  /** The value of the option "service". */
  readonly value: string;
  readonly label: string;
  /** With {region} or {account} where they stand; null: there is one for each installation. */
  readonly endpoint: string | null;
  /** Signed with where the person names none; null: they must. */
  readonly region: string | null;
  /** Bucket names stand before the host, as Amazon wants it; every service takes them in the path. */
  readonly isVirtual: boolean;
  readonly conditions: Conditions;
  /** Whether objects have tags; where they do not, nothing is said of them. */
  readonly hasTags: boolean;
  /** Sent with every read. */
  readonly readHeaders: Readonly<Record<string, string>>;
}

const USUAL = { isVirtual: false, conditions: 'unsure', hasTags: true, readHeaders: {} } as const;

export const AMAZON: ServicePreset = {
  ...USUAL,
  value: 'amazon',
  label: 'Amazon S3',
  endpoint: 'https://s3.{region}.amazonaws.com',
  region: 'us-east-1',
  isVirtual: true,
  conditions: 'honoured',
};

const OTHER: ServicePreset = { ...USUAL, value: 'other', label: 'Other', endpoint: null, region: 'us-east-1' };

export const PRESETS: readonly ServicePreset[] = [
  AMAZON,
  {
    ...USUAL,
    value: 'r2',
    label: 'Cloudflare R2',
    endpoint: 'https://{account}.r2.cloudflarestorage.com',
    region: 'auto',
    conditions: 'honoured',
    hasTags: false,
  },
  {
    ...USUAL,
    value: 'b2',
    label: 'Backblaze B2',
    // An account lives in one region, so there is none to assume.
    endpoint: 'https://s3.{region}.backblazeb2.com',
    region: null,
    hasTags: false,
  },
  {
    ...USUAL,
    value: 'wasabi',
    label: 'Wasabi',
    endpoint: 'https://s3.{region}.wasabisys.com',
    region: 'us-east-1',
  },
  {
    ...USUAL,
    value: 'spaces',
    label: 'DigitalOcean Spaces',
    endpoint: 'https://{region}.digitaloceanspaces.com',
    region: null,
  },
  {
    ...USUAL,
    value: 'gcs',
    label: 'Google Cloud Storage (HMAC key)',
    endpoint: 'https://storage.googleapis.com',
    region: 'auto',
    // Writes are conditional on generations there, whose header may not stand beside those of Amazon.
    conditions: 'none',
    hasTags: false,
    // Without it an object that is stored compressed arrives unpacked, as another asset.
    readHeaders: { 'accept-encoding': 'gzip' },
  },
  { ...USUAL, value: 'ceph', label: 'Ceph', endpoint: null, region: 'us-east-1' },
  {
    ...USUAL,
    value: 'swift',
    label: 'OpenStack Swift',
    endpoint: null,
    region: 'us-east-1',
    // Answers 501 to conditions, and to tags.
    conditions: 'none',
    hasTags: false,
  },
  OTHER,
];

/**
 * An endpoint that shows whose it is counts for more than the name, which a form fills in before anybody chose. Without
 * either it is Amazon, as it was before there were names.
 */
export function presetOf(name: string, endpoint: URL | null): ServicePreset {
  const shown =
    endpoint === null ? undefined : PRESETS.find((preset) => endpointPattern(preset)?.test(endpoint.origin));
  const named = PRESETS.find(({ value }) => value === name);
  return shown ?? named ?? (endpoint === null ? AMAZON : OTHER);
}

/** The region that stands in an endpoint of the service. */
export function regionIn(preset: ServicePreset, endpoint: URL): string | undefined {
  return endpointPattern(preset)?.exec(endpoint.origin)?.groups?.region;
}

/** An account may have a jurisdiction behind it ("ID.eu"). */
function endpointPattern({ endpoint }: ServicePreset): RegExp | null {
  if (endpoint === null) return null;
  const source = endpoint
    .replaceAll('.', String.raw`\.`)
    .replace('{region}', '(?<region>[a-z0-9-]+)')
    .replace('{account}', '[a-z0-9.]+');
  return new RegExp(`^${source}$`);
}

/**
 * Owns the assets that the suites move, of mixed size, with the keys that transfer programs get wrong. The same
 * bytes on every machine. Must not know any server. Used by the suites of migrations.
 */
import { createCipheriv, createHash } from 'node:crypto';

const KiB = 1024;
const MiB = 1024 * KiB;

export interface PlannedAsset {
  readonly key: string;
  readonly sizeBytes: number;
}

/** Keys that also fit on a disk and that nginx shows in its index. */
const NASTY_KEYS = [
  'with space/two  spaces.css',
  'plus+sign/a+b=c.js',
  'percent/100%.txt',
  'percent/literal%2Fslash.png',
  'percent/literal%20space.html',
  'unicode/grüße-ß.svg',
  'unicode/日本語のファイル.txt',
  'unicode/emoji-🚢.json',
  'unicode/decomposed-e\u0301.txt',
  'unicode/composed-\u00e9.txt',
  'punctuation/a&b;c=d,e@f$g!.css',
  "punctuation/quote'and(brackets)[]{}.js",
  'punctuation/hash#and?question.html',
  'punctuation/tilde~star*.png',
  'no-extension',
  `long/${'n'.repeat(200)}.txt`,
] as const;

/** Keys that only an object store holds or lists. */
const OBJECT_ONLY_KEYS = [
  '.hidden/.dot-file',
  'double//slash/a.css',
  '/leading-slash.js',
  'dots/../not-a-parent.txt',
  'dots/./here.txt',
] as const;

const LARGE: readonly PlannedAsset[] = [
  { key: 'large/video-200-MiB.mp4', sizeBytes: 200 * MiB },
  { key: 'large/poster.png', sizeBytes: 20 * MiB + 1 },
  // Around the size up to which an asset rests in memory.
  { key: 'edge/8-MiB-less-one.bin', sizeBytes: 8 * MiB - 1 },
  { key: 'edge/8-MiB.bin', sizeBytes: 8 * MiB },
  { key: 'edge/8-MiB-and-one.bin', sizeBytes: 8 * MiB + 1 },
];

const EXTENSIONS = ['html', 'css', 'js', 'png', 'svg', 'json', 'txt', 'woff2', 'jpg', 'unknown-kind'];

export interface PlanOptions {
  /** The source can hold keys that no disk can. */
  readonly objectStore: boolean;
  readonly largestBytes?: number;
}

/** `count` assets in all. */
export function planAssets(
  count: number,
  { objectStore, largestBytes = Number.POSITIVE_INFINITY }: PlanOptions,
): PlannedAsset[] {
  const nasty = [...NASTY_KEYS, ...(objectStore ? OBJECT_ONLY_KEYS : [])];
  const fixed: PlannedAsset[] = [
    ...LARGE.filter(({ sizeBytes }) => sizeBytes <= largestBytes),
    { key: 'empty/nothing.txt', sizeBytes: 0 },
    { key: 'empty/one-byte.txt', sizeBytes: 1 },
    ...nasty.map((key, index) => ({ key, sizeBytes: 100 + index })),
  ];
  const rest = Array.from({ length: count - fixed.length }, (_, index): PlannedAsset => {
    const folder = `site/${String(index % 20).padStart(2, '0')}/deeper`;
    const extension = EXTENSIONS[index % EXTENSIONS.length];
    // 64 B to 256 KiB, as many in each power of two.
    const sizeBytes = 64 * 2 ** (index % 13) - (index % 7);
    return { key: `${folder}/asset-${index}.${extension}`, sizeBytes };
  });
  return [...fixed, ...rest];
}

/** The bytes of an asset in pieces of at most 1 MiB: a cipher's key stream, so no two assets share a block. */
export function* contentOf({ key, sizeBytes }: PlannedAsset): Generator<Buffer> {
  const seed = createHash('sha256').update(key).digest();
  const stream = createCipheriv('aes-128-ctr', seed.subarray(0, 16), seed.subarray(16));
  for (let at = 0; at < sizeBytes; at += MiB) yield stream.update(Buffer.alloc(Math.min(MiB, sizeBytes - at)));
}

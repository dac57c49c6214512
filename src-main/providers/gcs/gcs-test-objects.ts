/**
 * Owns the buckets of the service inside the test: objects with generations, digests computed from the bytes, conditions,
 * digests that were given and are checked. Must not know HTTP. Must not be used by the product. Called by
 * gcs-test-server.ts and gcs-test-uploads.ts.
 */
import { createHash } from 'node:crypto';
import { crc32c } from '@node-rs/crc32';

/** What may be said of an object that is to be made. Everything else is refused. */
const GIVEN_FIELDS = [
  'name',
  'contentType',
  'cacheControl',
  'contentDisposition',
  'contentEncoding',
  'contentLanguage',
  'metadata',
  'md5Hash',
  'crc32c',
];

export interface TestObject {
  readonly bytes: Buffer;
  readonly generation: string;
  readonly timeCreated: string;
  readonly described: Readonly<Record<string, unknown>>;
}

export type TestBucket = Map<string, TestObject>;

/** A refusal as the service words it. */
export class Refusal extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export interface ObjectQuirks {
  /** Damages what it stores: every byte is one more. */
  readonly damagesBytes?: boolean;
  /** Neither checks digests that are given, nor minds that they differ. */
  readonly ignoresDigests?: boolean;
  /** Tells no digests, as for objects whose encryption key is the customer's. */
  readonly hidesDigests?: boolean;
}

export class TestObjects {
  readonly buckets = new Map<string, TestBucket>();
  quirks: ObjectQuirks = {};
  #generation = 1_700_000_000_000_000;

  bucket(name: string): TestBucket {
    const found = this.buckets.get(name);
    if (found === undefined) throw new Refusal(404, 'notFound', 'The specified bucket does not exist.');
    return found;
  }

  object(bucket: string, key: string): TestObject {
    const found = this.bucket(bucket).get(key);
    if (found === undefined) throw new Refusal(404, 'notFound', `No such object: ${bucket}/${key}`);
    return found;
  }

  /** Names and values that the service takes. Throws for anything else. */
  describe(json: string): Readonly<Record<string, unknown>> {
    const given: unknown = JSON.parse(json);
    if (typeof given !== 'object' || given === null) throw new Refusal(400, 'parseError', 'Parse Error');
    for (const name of Object.keys(given)) {
      if (!GIVEN_FIELDS.includes(name)) throw new Refusal(400, 'invalid', `Unknown field ${name}.`);
    }
    const described: Record<string, unknown> = { ...given };
    const name = String(described.name ?? '');
    const isBad = name === '' || Buffer.byteLength(name) > 1_024 || /[\r\n]/.test(name) || /^\.{1,2}$/.test(name);
    if (isBad) throw new Refusal(400, 'invalid', `Invalid object name: ${name}`);
    return described;
  }

  /** `given` may hold digests of the bytes, in base64. Nothing is stored when a digest or the condition does not hold. */
  make(
    bucket: string,
    key: string,
    bytes: Buffer,
    described: Readonly<Record<string, unknown>>,
    ifGenerationMatch: string | null,
    given: Readonly<Record<string, unknown>> = described,
  ): TestObject {
    const { md5Hash, crc32c: crc } = digestsOf(bytes);
    if (this.quirks.ignoresDigests !== true) {
      if (given.md5Hash !== undefined && given.md5Hash !== md5Hash) {
        throw new Refusal(
          400,
          'invalid',
          `Provided MD5 hash "${given.md5Hash}" doesn't match calculated MD5 hash "${md5Hash}".`,
        );
      }
      if (given.crc32c !== undefined && given.crc32c !== crc) {
        throw new Refusal(
          400,
          'invalid',
          `Provided CRC32C "${given.crc32c}" doesn't match calculated CRC32C "${crc}".`,
        );
      }
    }
    const objects = this.bucket(bucket);
    assertGeneration(objects.get(key), ifGenerationMatch);
    this.#generation += 1;
    const object = {
      bytes: this.quirks.damagesBytes === true ? Buffer.from(bytes.map((byte) => byte + 1)) : bytes,
      generation: String(this.#generation),
      timeCreated: new Date().toISOString(),
      described,
    };
    objects.set(key, object);
    return object;
  }

  /** The whole resource, before it is narrowed to the fields that were asked for. */
  resource(bucket: string, key: string, object: TestObject): Record<string, unknown> {
    const { md5Hash: _md5, crc32c: _crc, ...described } = object.described;
    return {
      kind: 'storage#object',
      bucket,
      contentType: 'application/octet-stream',
      ...described,
      ...(this.quirks.hidesDigests === true ? {} : digestsOf(object.bytes)),
      name: key,
      size: String(object.bytes.byteLength),
      generation: object.generation,
      metageneration: '1',
      timeCreated: object.timeCreated,
      updated: object.timeCreated,
    };
  }
}

/** Generation 0 is no object. */
export function assertGeneration(object: TestObject | undefined, wanted: string | null): void {
  if (wanted === null || wanted === (object?.generation ?? '0')) return;
  throw new Refusal(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.');
}

function digestsOf(bytes: Buffer): { readonly md5Hash: string; readonly crc32c: string } {
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32c(bytes));
  return { md5Hash: createHash('md5').update(bytes).digest('base64'), crc32c: crc.toString('base64') };
}

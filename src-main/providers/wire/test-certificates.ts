/**
 * Owns certificates for tests, made on the spot: authorities, and servers whose names and dates a test chooses. Must not
 * be used by the product. X.509 as in RFC 5280, with keys on the curve P-256.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface TestCertificate {
  readonly name: string;
  readonly certificate: string;
  readonly key: string;
  readonly privateKey: KeyObject;
}

export interface CertificateWish {
  readonly name: string;
  /** Of the authority that signs; null: it signs itself. */
  readonly by: TestCertificate | null;
  readonly isAuthority?: boolean;
  /** Host names and IPv4 addresses that it is for. */
  readonly hosts?: readonly string[];
  readonly fromMs?: number;
  readonly toMs?: number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const ECDSA_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const SUBJECT_ALT_NAME = '551d11';
const BASIC_CONSTRAINTS = '551d13';

export function makeTestCertificate(wish: CertificateWish): TestCertificate {
  const { name, by, isAuthority = false, hosts = [] } = wish;
  const { fromMs = Date.now() - DAY_MS, toMs = Date.now() + DAY_MS } = wish;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = sequence(oid(ECDSA_SHA256));
  const extensions = [
    ...(isAuthority
      ? [sequence(oid(BASIC_CONSTRAINTS), tagged(0x04, sequence(tagged(0x01, Buffer.from([0xff])))))]
      : []),
    ...(hosts.length === 0 ? [] : [sequence(oid(SUBJECT_ALT_NAME), tagged(0x04, sequence(...hosts.map(hostName))))]),
  ];
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    distinguished(by?.name ?? name),
    sequence(time(fromMs), time(toMs)),
    distinguished(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))]),
  );
  const signature = sign('sha256', body, by?.privateKey ?? privateKey);
  const der = sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    name,
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey,
  };
}

/** DER: tag, length, content. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function oid(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

function distinguished(name: string): Buffer {
  return sequence(tagged(0x31, sequence(oid(COMMON_NAME), tagged(0x0c, Buffer.from(name)))));
}

/** GeneralizedTime: "20261121080000Z". */
function time(atMs: number): Buffer {
  const text = `${new Date(atMs).toISOString().replaceAll(/[-:T]|\..*/g, '')}Z`;
  return tagged(0x18, Buffer.from(text));
}

function hostName(host: string): Buffer {
  const isAddress = /^[\d.]+$/.test(host);
  return isAddress ? tagged(0x87, Buffer.from(host.split('.').map(Number))) : tagged(0x82, Buffer.from(host));
}

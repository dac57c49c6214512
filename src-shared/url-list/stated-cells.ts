/**
 * Owns reading what a list states of an asset: its size and its digests, hexadecimal or base64. Pure. Called by
 * read-url-list.ts.
 */
import type { StatedAsset } from '../model/asset.ts';
import type { ListRow } from './list-rows.ts';

const BYTES = { md5: 16, sha256: 32 } as const;
type DigestName = keyof typeof BYTES;

/** What is stated, or what is wrong with it. */
export function readStated({ size = '', md5 = '', sha256 = '', digest = '' }: ListRow): StatedAsset | string {
  const stated: { sizeBytes?: number; md5?: string; sha256?: string } = {};
  if (size.trim() !== '') {
    const sizeBytes = /^\d{1,16}$/.test(size.trim()) ? Number(size) : Number.NaN;
    if (!Number.isSafeInteger(sizeBytes)) return `"${shorten(size)}" is no size: a whole number of bytes, 0 or more.`;
    stated.sizeBytes = sizeBytes;
  }
  for (const [cell, names] of [
    [md5, ['md5']],
    [sha256, ['sha256']],
    [digest, ['md5', 'sha256']],
  ] as const) {
    const text = cell.trim();
    if (text === '') continue;
    const name = names.find((candidate) => hexOf(text, candidate) !== null);
    const hex = name === undefined ? null : hexOf(text, name);
    if (name === undefined || hex === null)
      return `"${shorten(text)}" is no ${names.join(' or ')}, hexadecimal or base64.`;
    if (stated[name] !== undefined && stated[name] !== hex) return `Two different ${name} are stated.`;
    stated[name] = hex;
  }
  return stated;
}

function hexOf(text: string, name: DigestName): string | null {
  const bytes = BYTES[name];
  if (text.length === bytes * 2 && /^[0-9a-f]+$/i.test(text)) return text.toLowerCase();
  if (text.length !== Math.ceil(bytes / 3) * 4 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const binary = decodeBase64(text);
  if (binary?.length !== bytes) return null;
  return binary.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** null when bits are left over that no encoder leaves: somebody cut or changed it. */
function decodeBase64(text: string): readonly number[] | null {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text.replace(/=+$/, '')) {
    bits = ((bits << 6) | ALPHABET.indexOf(letter)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push((bits >> held) & 0xff);
  }
  return (bits & ((1 << held) - 1)) === 0 ? bytes : null;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

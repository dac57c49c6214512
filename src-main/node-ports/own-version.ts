/** Owns which version of Transship this is, by the package it came with. Called by headless.ts and cli.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every bundle lies in out/main, this file two folders below the package as well. */
export function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  return String((manifest as { version: unknown }).version);
}

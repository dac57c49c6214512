/**
 * Owns reading the sources and printing which of them break a house rule. Must not know the rules (house-rules.ts).
 * Called by `npm run check:house`; ends with 1 when a rule is broken.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brokenRules } from './house-rules.ts';
import { listFiles } from './source-files.ts';

const ROOMS = [
  'src-shared',
  'src-main',
  'src-preload',
  'src-renderer',
  'e2e',
  'bench',
  'scripts',
  'test-servers',
  'test-trust',
];

const root = resolve(import.meta.dirname, '..');
const files = listFiles(root, ROOMS).filter((path) => /\.(ts|tsx|mjs|cjs)$/.test(path));
const findings = files.flatMap((path) =>
  brokenRules(path, readFileSync(join(root, path), 'utf8')).map((rule) => `${path} ${rule}.`),
);
for (const finding of findings) console.error(finding);
console.log(`${files.length} files read, ${findings.length} house rules broken.`);
process.exitCode = findings.length > 0 ? 1 : 0;

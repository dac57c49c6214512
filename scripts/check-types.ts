/**
 * Owns type-checking every room with its own tsconfig, tests included. Must not stop at the first room that fails.
 * Called by `npm run check:types`; ends with 1 when a room does not compile.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const compiler = join(root, 'node_modules/typescript/bin/tsc');
if (!existsSync(compiler)) throw new Error(`There is no TypeScript at ${compiler}; run "npm ci".`);

const projects = globSync('*/tsconfig.json', { cwd: root }).sort();
if (projects.length === 0) throw new Error('No room has a tsconfig.json.');
const failed = projects.filter(
  (project) => spawnSync(process.execPath, [compiler, '-p', project], { cwd: root, stdio: 'inherit' }).status !== 0,
);
console.log(
  `${projects.length} rooms type-checked, ${failed.length} failed${failed.length ? `: ${failed.join(', ')}` : ''}.`,
);
process.exitCode = failed.length > 0 ? 1 : 0;

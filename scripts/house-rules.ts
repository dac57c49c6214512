/**
 * Owns the rules that neither the compiler, the linter nor the import graph can see: headers, sizes, names, and what
 * may be called where. Pure: text in, broken rules out. Must not read files. Called by check-house-rules.ts.
 */
import { parseSync, type StaticImport, type StaticImportEntry, Visitor } from 'oxc-parser';

/** Median of the house is about 90; beyond this a file is two things in one. */
const MAX_LINES = 400;

const BANNED_NAMES = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'manager', 'misc', 'index']);

/** In the engine time and chance come through ports, so that a test can replay any moment. */
const BANNED_CALLS_IN_ENGINE = new Set([
  'Date.now',
  'performance.now',
  'process.hrtime',
  'process.hrtime.bigint',
  'Math.random',
  'crypto.randomUUID',
  'crypto.getRandomValues',
  'setTimeout',
  'setInterval',
  'setImmediate',
]);
const BANNED_MODULES_IN_ENGINE = new Set(['node:timers', 'node:timers/promises', 'node:perf_hooks']);

/** Modules that can listen, and the names of theirs that do. */
const SOCKET_MODULES = /^(node:)?(http|https|http2|net|tls)$/;
const SOCKET_NAMES = new Set(['createServer', 'createSecureServer', 'Server']);

const FS_MODULES = /^(node:)?fs(\/promises)?$/;
/** Calls of node:fs that open and close the file that they are given. */
const FS_OPENERS =
  /^(open|readFile|writeFile|appendFile|copyFile|cp|createReadStream|createWriteStream|truncate)(Sync)?$/;

const TEST_FILE = /(\.test\.tsx?|-conformance\.ts|-test-server\.ts)$/;

/** All rules that the file breaks, as sentences without the path. */
export function brokenRules(path: string, text: string): string[] {
  const broken = [...brokenNames(path), ...brokenShape(text)];
  const { program, module, errors } = parseSync(path, text);
  for (const error of errors) broken.push(`does not parse: ${error.message}`);

  const isTest = TEST_FILE.test(path);
  const inEngine = path.startsWith('src-main/engine/') && !isTest;
  const inMain = path.startsWith('src-main/') && !isTest;
  const listens = path.startsWith('src-main/headless/') || !inMain;
  if (!listens) broken.push(...module.staticImports.flatMap(socketImports));
  if (inEngine) {
    for (const { moduleRequest } of module.staticImports) {
      if (BANNED_MODULES_IN_ENGINE.has(moduleRequest.value))
        broken.push(`imports ${moduleRequest.value}; use the Clock port`);
    }
  }

  const fsNames = new Set(
    module.staticImports
      .filter((found) => FS_MODULES.test(found.moduleRequest.value))
      .flatMap((found) => found.entries.map((entry) => entry.localName.value)),
  );
  const source = (node: { readonly start: number; readonly end: number }) => text.slice(node.start, node.end);
  new Visitor({
    TSImportType: (node) => {
      broken.push(`writes ${source(node)}; the import rules cannot see that, so write an "import type" line`);
    },
    NewExpression: (node) => {
      if (inEngine && source(node.callee) === 'Date' && node.arguments.length === 0) {
        broken.push('calls new Date(); use the Clock port');
      }
    },
    CallExpression: (node) => {
      const callee = source(node.callee).replace(/^globalThis\./, '');
      if (inEngine && BANNED_CALLS_IN_ENGINE.has(callee)) broken.push(`calls ${callee}; use the Clock or Rng port`);
      const [object, ...members] = callee.split('.');
      const method = members.at(-1) ?? callee;
      const given = node.arguments[0];
      if (!inMain || given === undefined || !fsNames.has(object ?? '') || !FS_OPENERS.test(method)) return;
      if (/database/i.test(source(given))) {
        broken.push(`opens the database file with ${callee}; closing such a handle drops SQLite's locks`);
      }
    },
  }).visit(program);
  return broken;
}

function brokenNames(path: string): string[] {
  return path
    .split('/')
    .map((part) => part.replace(/(\.test)?\.[a-z.]+$/, ''))
    .filter((stem) => BANNED_NAMES.has(stem))
    .map((stem) => `is called "${stem}", which says nothing about what it owns`);
}

function brokenShape(text: string): string[] {
  const broken: string[] = [];
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > MAX_LINES) broken.push(`has ${lines} lines; ${MAX_LINES} at most`);
  if (!/^(#!.*\n)?(\/\*|\/\/)/.test(text)) broken.push('does not open with a comment that says what it owns');
  return broken;
}

function socketImports(found: StaticImport): string[] {
  const from = found.moduleRequest.value;
  if (!SOCKET_MODULES.test(from)) return [];
  const canListen = ({ importName, isType }: StaticImportEntry) =>
    !isType && (importName.kind !== 'Name' || SOCKET_NAMES.has(importName.name ?? ''));
  return found.entries
    .filter(canListen)
    .map((entry) => `imports ${entry.localName.value} from ${from}; only the headless door may listen`);
}

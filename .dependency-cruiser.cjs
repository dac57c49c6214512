/**
 * Owns the import rules of the house: which room may import which, who may import Electron and sockets, no cycles.
 * Must not hold rules about anything but imports (scripts/house-rules.ts has the rest). Run by `npm run check:imports`;
 * scripts/import-rules.test.ts breaks every rule once.
 *
 * The parser is swc: TypeScript 7 has no API that dependency-cruiser can use. With swc, `import type` and
 * `export type … from` count like any other import. Inline `import('…').Name` types would not be seen, so
 * house-rules.ts forbids them.
 */

/** Tests and the worlds they set up may reach across rooms; nothing in a room may reach a test. */
const TEST = '(\\.test|-under-test)\\.tsx?$';

/** room → what it may import beside itself, as patterns of repository paths. npm and Node are judged separately. */
const ROOMS = {
  '^src-shared/': [],
  '^src-preload/': ['^src-shared/'],
  '^src-renderer/': ['^src-shared/'],
  '^src-main/ports\\.ts$': ['^src-shared/'],
  '^src-main/engine/': ['^src-shared/', '^src-main/ports\\.ts$', '^src-main/store/(store|records)\\.ts$'],
  '^src-main/store/': ['^src-shared/'],
  '^src-main/providers/': ['^src-shared/'],
  '^src-main/evidence/': ['^src-shared/', '^src-main/store/(store|records)\\.ts$'],
  '^src-main/probe/': ['^src-shared/', '^src-main/providers/'],
  '^src-main/plan/': ['^src-shared/', '^src-main/ports\\.ts$', '^src-main/(engine|providers)/'],
  '^src-main/worker/': ['^src-shared/', '^src-main/providers/'],
  '^src-main/api/': ['^src-shared/', '^src-main/ports\\.ts$', '^src-main/(engine|evidence|plan)/'],
  '^src-main/node-ports/': ['^src-shared/', '^src-main/ports\\.ts$'],
  '^src-main/electron/': ['^src-shared/', '^src-main/ports\\.ts$', '^src-main/api/', '^src-main/node-ports/'],
  '^src-main/headless/': ['^src-shared/', '^src-main/ports\\.ts$', '^src-main/(api|node-ports|probe)/'],
  '^src-main/main\\.ts$': [
    '^src-main/(compose|ports|api/house)\\.ts$',
    '^src-main/(electron|node-ports)/',
    '^src-shared/',
  ],
  '^src-main/headless\\.ts$': [
    '^src-main/(compose|ports|api/house)\\.ts$',
    '^src-main/(headless|node-ports)/',
    '^src-shared/',
  ],
  '^src-main/cli\\.ts$': ['^src-main/(headless|node-ports)/', '^src-shared/'],
};

/** "^src-main/engine/" → "engine": for the name of its rule. */
const roomName = (pattern) => pattern.replaceAll(/[\^$\\]|\/$|\.ts|src-main\//g, '');

const roomRules = Object.entries(ROOMS).map(([room, mayImport]) => ({
  name: `room-${roomName(room)}`,
  severity: 'error',
  comment: 'A room imports only what DESIGN names for it: see the table in .dependency-cruiser.cjs and docs/map.md.',
  from: { path: room, pathNot: TEST },
  to: { path: '^(src-|e2e/|bench/|scripts/|test-servers/|test-trust/|docs/)', pathNot: [room, ...mayImport] },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Files that import each other, type imports included, can no longer be understood one at a time.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'every-file-has-a-room',
      severity: 'error',
      comment: 'A file straight in src-main is a door, ports.ts or compose.ts; everything else belongs to a room.',
      from: {
        path: '^src-main/',
        pathNot: [...Object.keys(ROOMS), '^src-main/compose\\.ts$', '^src-main/[^/]+\\.test\\.ts$'],
      },
      to: {},
    },
    {
      name: 'electron-in-its-room',
      severity: 'error',
      comment: 'Everything else also runs headless, in tests and in plain Node.',
      from: {
        pathNot: ['^src-main/electron/', '^src-main/main\\.(test\\.)?ts$', '^src-preload/', '^e2e/', '^scripts/'],
      },
      to: { path: '^(electron$|electron/|node_modules/electron/)' },
    },
    {
      name: 'sockets-in-headless',
      severity: 'error',
      comment: 'Only the headless door listens. (node:http and node:net by name: scripts/house-rules.ts.)',
      from: { path: '^src-', pathNot: ['^src-main/headless/', TEST] },
      to: { path: '^(ws$|node_modules/ws/|(node:)?dgram$)' },
    },
    {
      name: 'no-node-outside-main',
      severity: 'error',
      comment: 'Shared code and the window run in a browser; the preload runs in a sandbox.',
      from: { path: '^src-(shared|renderer|preload)/', pathNot: TEST },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-test-in-product',
      severity: 'error',
      comment: 'A file that others need is not a test.',
      from: { pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'An import that leads nowhere would slip past every rule above.',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?(raw|url|inline|worker|modulePath|nodeWorker)$' },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};

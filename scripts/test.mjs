/** Owns `npm test` and `npm run check` up to Node 24; run-checks.ts goes on from there. Called by npm. */
import { launch } from './launch.mjs';

await launch('scripts/run-checks.ts', process.argv.slice(2));

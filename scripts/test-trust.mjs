/** Owns `npm run test:trust` up to Node 24; run-trust-tests.ts goes on from there. Called by npm. */
import { launch } from './launch.mjs';

await launch('test-trust/run-trust-tests.ts', process.argv.slice(2));

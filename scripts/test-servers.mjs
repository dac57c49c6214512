/** Owns `npm run test:servers` up to Node 24; run-server-tests.ts goes on from there. Called by npm. */
import { launch } from './launch.mjs';

await launch('test-servers/run-server-tests.ts', process.argv.slice(2));

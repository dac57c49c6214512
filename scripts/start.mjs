/** Owns `npm start` up to Node 24; start-app.ts goes on from there. Called by npm. */
import { launch } from './launch.mjs';

await launch('scripts/start-app.ts', process.argv.slice(2));

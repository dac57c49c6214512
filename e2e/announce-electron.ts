/**
 * Owns the start of an e2e run: the app is built from the sources as they are, and the run says which Electron it uses.
 * Called once by Playwright.
 */
import { buildIfStale } from '../scripts/build.ts';
import { chooseElectron } from './which-electron.ts';

export default async function announceElectron(): Promise<void> {
  await buildIfStale();
  console.log(chooseElectron(process.env, process.platform).sentence);
}

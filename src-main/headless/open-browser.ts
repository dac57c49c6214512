/** Owns showing an address in the person's browser. Must not wait for it. Called by headless.ts and cli.ts. */
import { spawn } from 'node:child_process';

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer.exe', linux: 'xdg-open' };

/** False when there is no desktop to show it on, or nothing to open it with. */
export function openBrowser(address: string, platform: NodeJS.Platform, env: NodeJS.ProcessEnv): Promise<boolean> {
  const opener = OPENERS[platform];
  const hasDesktop = platform !== 'linux' || env.DISPLAY !== undefined || env.WAYLAND_DISPLAY !== undefined;
  if (opener === undefined || !hasDesktop) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(opener, [address], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

/**
 * Owns the decision which door `npm start` opens: the Electron window or the headless one, and the sentence that says
 * why. Pure. Must not start or fetch anything. Called by start-app.ts.
 */

export interface Machine {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  /** The person asked for it with --headless. */
  readonly wantsHeadless: boolean;
  /** ELECTRON_OVERRIDE_DIST_PATH names the binary. */
  readonly overridden: boolean;
}

/** Why this machine cannot show a window whatever binary it has; null when it can. A whole sentence. */
export function whyHeadless(machine: Machine): string | null {
  if (machine.wantsHeadless) return 'Starting headless, as asked.';
  if (machine.platform === 'linux' && !hasDisplay(machine)) {
    return 'There is no display here, so Transship starts headless and you use it in a browser.';
  }
  if (machine.platform === 'linux' && machine.isRoot && !machine.overridden) {
    return "Electron's sandbox does not run as root, so Transship starts headless and you use it in a browser.";
  }
  return null;
}

export function hasDisplay({ platform, env }: Pick<Machine, 'platform' | 'env'>): boolean {
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

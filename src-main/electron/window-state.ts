/**
 * Owns where the window was, kept in the profile. Must not fail a start: a file that is missing or damaged means the
 * usual place. Called by open-window.ts.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserWindow, type Rectangle, screen } from 'electron';
import { z } from 'zod';
import type { Log } from '../ports.ts';

export const SMALLEST = { width: 800, height: 600 } as const;
const USUAL = { width: 1280, height: 820 } as const;
/** So much of the title bar must be on a screen that a person can take hold of it. */
const GRIP = { width: 120, height: 32 } as const;

const schema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().positive(),
  height: z.int().positive(),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof schema>;

export interface Placement {
  /** Without x and y the system chooses. */
  readonly bounds: { readonly width: number; readonly height: number; readonly x?: number; readonly y?: number };
  readonly maximized: boolean;
}

/** Where to put the window, given what was kept and the work areas of the screens there are now. Pure. */
export function placeWindow(kept: WindowState | null, workAreas: readonly Rectangle[]): Placement {
  if (kept === null) return { bounds: USUAL, maximized: false };
  const { x, y, maximized } = kept;
  const size = { width: Math.max(kept.width, SMALLEST.width), height: Math.max(kept.height, SMALLEST.height) };
  const reachable = workAreas.some(
    (area) =>
      x + size.width - GRIP.width >= area.x &&
      x + GRIP.width <= area.x + area.width &&
      y >= area.y &&
      y + GRIP.height <= area.y + area.height,
  );
  return { bounds: reachable ? { ...size, x, y } : size, maximized };
}

/** What the profile remembers, checked. */
export function readWindowState(profile: string): WindowState | null {
  try {
    return schema.parse(JSON.parse(readFileSync(fileIn(profile), 'utf8')));
  } catch {
    return null;
  }
}

/** Writes the window's place when it closes, and whenever the returned function is called. */
export function rememberWindow(window: BrowserWindow, profile: string, log: Log): () => void {
  const save = () => {
    if (window.isDestroyed()) return;
    const state: WindowState = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    try {
      const file = fileIn(profile);
      writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch (error) {
      log.warn('the place of the window was not saved', { error });
    }
  };
  window.on('close', save);
  return save;
}

/** The work areas of the screens that are there now. */
export function workAreas(): Rectangle[] {
  return screen.getAllDisplays().map((display) => display.workArea);
}

function fileIn(profile: string): string {
  return join(profile, 'window.json');
}

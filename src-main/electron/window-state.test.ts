/** Proves that the window comes back where it was, and never where nobody can reach it. */
import { EventEmitter } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { placeWindow, readWindowState, rememberWindow } from './window-state.ts';

vi.mock('electron', () => ({ screen: {} }));

const SCREEN = { x: 0, y: 0, width: 1920, height: 1080 };
const kept = { x: 100, y: 80, width: 1400, height: 900, maximized: false };

let profile: string;
beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'transship-window-'));
});
afterEach(() => rmSync(profile, { recursive: true, force: true }));

test('the first time it gets the usual size, and the system chooses the place', () => {
  expect(placeWindow(null, [SCREEN])).toEqual({ bounds: { width: 1280, height: 820 }, maximized: false });
});

test('it comes back where it was', () => {
  const { maximized, ...bounds } = { ...kept, maximized: true };
  expect(placeWindow({ ...bounds, maximized }, [SCREEN])).toEqual({ bounds, maximized: true });
});

test.each([
  ['left of every screen', { x: -1390, y: 80 }],
  ['right of every screen', { x: 1850, y: 80 }],
  ['above the screen, title bar and all', { x: 100, y: -10 }],
  ['below the screen', { x: 100, y: 1070 }],
])('it is not put %s', (_name, place) => {
  expect(placeWindow({ ...kept, ...place }, [SCREEN]).bounds).toEqual({ width: 1400, height: 900 });
});

test('a second screen counts while it is there', () => {
  const onSecond = { ...kept, x: 2000 };
  expect(placeWindow(onSecond, [SCREEN, { ...SCREEN, x: 1920 }]).bounds.x).toBe(2000);
  expect(placeWindow(onSecond, [SCREEN]).bounds.x).toBeUndefined();
});

test('it is never smaller than what the page can lay out', () => {
  expect(placeWindow({ ...kept, width: 10, height: 10 }, [SCREEN]).bounds).toMatchObject({ width: 800, height: 600 });
});

test('closing it saves its place', () => {
  const window = Object.assign(new EventEmitter(), {
    isDestroyed: () => false,
    isMaximized: () => true,
    getNormalBounds: () => ({ x: 1, y: 2, width: 900, height: 700 }),
  });
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  rememberWindow(window as unknown as BrowserWindow, profile, log);
  expect(readWindowState(profile)).toBeNull();
  window.emit('close');
  expect(readWindowState(profile)).toEqual({ x: 1, y: 2, width: 900, height: 700, maximized: true });
  expect(readdirSync(profile)).toEqual(['window.json']);
  rmSync(profile, { recursive: true });
  window.emit('close');
  expect(log.warn).toHaveBeenCalledOnce();
});

test.each(['', '{', 'null', '{"x":1}', '{"x":1e400,"y":0,"width":900,"height":700,"maximized":false}'])(
  'a damaged file (%j) means the usual place',
  (text) => {
    writeFileSync(join(profile, 'window.json'), text);
    expect(readWindowState(profile)).toBeNull();
  },
);

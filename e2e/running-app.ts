/**
 * Owns what a spec can do with an app that runs, whichever door it came through. Must not know a door.
 * Implemented by electron-door.ts and browser-door.ts.
 */
import type { ElectronApplication, Page } from '@playwright/test';
import type { CommandName, Params, Result } from '../src-shared/contract/commands.ts';
import type { HouseState } from '../src-shared/model/house.ts';

export interface RunningApp {
  readonly page: Page;
  /** The main process, for what only a desktop has. null in a browser. */
  readonly electron: ElectronApplication | null;
  /** Runs a command beside the window, to prepare or to look. Rejects with the refusal's message. */
  call<Name extends CommandName>(name: Name, params: Params<Name>): Promise<Result<Name>>;
  /** The live picture that the house would send to a window that opened now. */
  state(): Promise<HouseState>;
  /** SIGKILL to the main process; resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends the app as a person would; resolves with its exit code when it is gone. */
  quit(): Promise<number | null>;
}

/** Starts the built app on a profile and opens its window; `watch` sees the page before it loads anything of ours. */
export type Door = (profile: string, watch: (page: Page) => void) => Promise<RunningApp>;

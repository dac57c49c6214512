/**
 * Owns running another program to its end on our screen, with signals passed on to it. Must not know any program.
 * Called by build.ts, start-app.ts and run-checks.ts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface ToolEnd {
  /** Its exit code; 130 when a signal ended it. */
  readonly status: number;
  /** We were asked to stop while it ran. */
  readonly interrupted: boolean;
}

/** Rejects only when the program cannot be started. While it runs, signals to us go to it and do not end us. */
export async function runTool(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<ToolEnd> {
  const child = spawn(command, args, { stdio: 'inherit', ...(env === undefined ? {} : { env }) });
  let interrupted = false;
  const passOn = (signal: NodeJS.Signals) => {
    interrupted = true;
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return { status: signal === null ? (code ?? 1) : 130, interrupted };
  } finally {
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}

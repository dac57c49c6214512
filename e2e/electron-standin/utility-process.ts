/**
 * Owns Electron's `utilityProcess` over a child of plain Node. Must not decide when to start or end one.
 * Part of electron-module.ts.
 */
import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import { strictKeys } from './session.ts';
import { StrictEmitter, strict } from './strict.ts';

const parentPort = new URL('./parent-port.ts', import.meta.url).pathname;

interface ForkOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly execArgv?: readonly string[];
  readonly stdio?: 'pipe' | 'ignore' | 'inherit';
  readonly serviceName?: string;
}

class UtilityProcess extends StrictEmitter {
  /** Unset before it started and after it ended. */
  pid: number | undefined;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  private readonly child: ChildProcess;

  constructor(modulePath: string, args: readonly string[], options: ForkOptions) {
    super('utilityProcess', ['spawn', 'message', 'exit', 'error']);
    strictKeys('utilityProcess.fork options', options, ['env', 'execArgv', 'stdio', 'serviceName']);
    const output = options.stdio ?? 'inherit';
    this.child = fork(modulePath, args, {
      execArgv: [...(options.execArgv ?? []), '--require', parentPort],
      env: { ...(options.env ?? process.env) },
      serialization: 'advanced',
      stdio: ['ignore', output, output, 'ipc'],
    });
    this.stdout = this.child.stdout;
    this.stderr = this.child.stderr;
    this.child.on('spawn', () => {
      this.pid = this.child.pid;
      this.emit('spawn');
    });
    this.child.on('message', (message) => this.emit('message', message));
    // A pipe that broke: `exit` follows.
    this.child.on('error', () => {});
    this.child.on('exit', (code) => {
      this.pid = undefined;
      this.emit('exit', code ?? 1);
    });
  }

  postMessage(message: unknown): void {
    if (this.child.connected) this.child.send(message as object);
  }

  kill(): boolean {
    return this.child.kill('SIGTERM');
  }
}

export const utilityProcess = strict('utilityProcess', {
  fork: (modulePath: string, args: readonly string[] = [], options: ForkOptions = {}) =>
    strict('utilityProcess', new UtilityProcess(modulePath, args, options)),
});

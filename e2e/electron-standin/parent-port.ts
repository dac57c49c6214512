/**
 * Owns `process.parentPort` in a child that utility-process.ts started: messages to and from the main process, as an
 * Electron utility process has them. Must not leave Node's own way (`process.send`) in sight. Preloaded in the child.
 */
import { EventEmitter } from 'node:events';

const post = process.send?.bind(process);
if (post === undefined) throw new Error('This process was not started by the stand-in.');
Reflect.deleteProperty(process, 'send');

class ParentPort extends EventEmitter {
  postMessage(message: unknown): void {
    if (process.connected) post?.(message);
  }
}

const port = new ParentPort();
const early: unknown[] = [];
process.on('message', (message) => {
  if (port.listenerCount('message') === 0) early.push(message);
  else port.emit('message', { data: message, ports: [] });
});
// Messages wait for their first listener, as on any MessagePort.
port.on('newListener', (event: string) => {
  if (event !== 'message') return;
  setImmediate(() => {
    for (const message of early.splice(0)) port.emit('message', { data: message, ports: [] });
  });
});
// Electron ends its utility processes when the main process is gone.
process.on('disconnect', () => process.exit(1));

Object.defineProperty(process, 'parentPort', { value: port });
Object.defineProperty(process, 'type', { value: 'utility' });

/**
 * Owns the one thing that the window may touch outside its sandbox: a Channel. Must not expose ipcRenderer, its event
 * objects or anything that takes a channel's name. Loaded by electron/secure-window.ts before the page.
 */
import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import type { Channel } from '../src-shared/contract/channel.ts';

function listen(name: string, listener: (text: string) => void): () => void {
  const forward = (_event: IpcRendererEvent, text: string) => listener(text);
  ipcRenderer.on(name, forward);
  return () => void ipcRenderer.off(name, forward);
}

const channel: Channel = {
  send: (message) => ipcRenderer.send('transship:message', JSON.stringify(message)),
  onMessage: (listener) => listen('transship:message', (text) => listener(JSON.parse(text))),
  onClose: (listener) => listen('transship:close', listener),
};

contextBridge.exposeInMainWorld('transship', channel);

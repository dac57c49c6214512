// Owns the test app's bridge: text to the main process and back. Loaded by main.ts.
const { contextBridge, ipcRenderer } = require('electron');
contextBridge.exposeInMainWorld('bridge', {
  send: (text) => ipcRenderer.send('text', text),
  onText: (listener) => {
    const forward = (_event, text) => listener(text);
    ipcRenderer.on('text', forward);
    return () => void ipcRenderer.off('text', forward);
  },
});

/**
 * Owns an HTTP server of small files in a process of its own, so that its work is not counted as ours: an index page
 * at /, and each file from memory. Prints its port. Started by transfer-small.ts; ends when its parent does.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { smallFile, smallFileName } from './small-files.ts';

const count = Number(process.argv[2]);
const sizeBytes = Number(process.argv[3]);
const files = new Map<string, { readonly body: Uint8Array; readonly etag: string }>();
for (let index = 0; index < count; index += 1) {
  const body = smallFile(index, sizeBytes);
  files.set(`/${smallFileName(index)}`, { body, etag: `"${createHash('md5').update(body).digest('hex')}"` });
}
const links = [...files.keys()].map((path) => `<a href="${path.slice(1)}">${path.slice(1)}</a>`).join('\n');
const index = `<html><head><title>Index of /</title></head><body><pre>\n${links}\n</pre></body></html>`;

const server = createServer((request, response) => {
  if (request.url === '/') {
    response.writeHead(200, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(index) }).end(index);
    return;
  }
  const file = files.get(request.url ?? '');
  if (file === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': 'image/jpeg',
    'content-length': file.body.byteLength,
    'accept-ranges': 'bytes',
    etag: file.etag,
  });
  response.end(request.method === 'HEAD' ? undefined : file.body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  process.send?.({ port: address.port });
});
process.on('disconnect', () => process.exit(0));

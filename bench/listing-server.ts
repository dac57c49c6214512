/**
 * Owns an S3 service that has nothing but a listing of made-up keys, in a process of its own, so that its memory is not
 * counted as ours. Signatures are not looked at. Prints its port. Started by list-million.ts with the number of keys and
 * how long each page takes; ends when its parent does.
 */
import { createServer } from 'node:http';

const [count = 0, pageMs = 0] = process.argv.slice(2).map(Number);
const DIGITS = 9;
const FOLDER = 'media/2026/november/asset-';

const server = createServer((request, response) => {
  const query = new URLSearchParams((request.url ?? '').split('?')[1]);
  const first = firstAfter(query.get('start-after') ?? '');
  const last = Math.min(count, first + Number(query.get('max-keys')));
  let rows = '';
  for (let ordinal = first; ordinal < last; ordinal += 1) {
    rows +=
      `<Contents><Key>${keyOf(ordinal)}</Key><LastModified>2026-11-20T21:59:00.000Z</LastModified>` +
      '<ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>16384</Size><StorageClass>STANDARD</StorageClass>' +
      '<Owner><ID>owner</ID></Owner><Type>Normal</Type></Contents>';
  }
  const xml =
    '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><EncodingType>url</EncodingType>' +
    `<IsTruncated>${last < count}</IsTruncated>${rows}</ListBucketResult>`;
  const send = (): void => {
    response.writeHead(200, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) }).end(xml);
  };
  if (pageMs === 0) send();
  else setTimeout(send, pageMs);
});

function keyOf(ordinal: number): string {
  return `${FOLDER}${String(ordinal).padStart(DIGITS, '0')}.jpg`;
}

/** Halving: a listing may go on after any text, not only after a key. */
function firstAfter(after: string): number {
  let [low, high] = [0, count];
  while (low < high) {
    const half = Math.floor((low + high) / 2);
    if (keyOf(half) > after) high = half;
    else low = half + 1;
  }
  return low;
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  process.send?.({ port: address.port });
});
process.on('disconnect', () => process.exit(0));

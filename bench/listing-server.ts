/**
 * Owns an S3 service that has nothing but a listing of made-up keys, in a process of its own, so that its memory is not
 * counted as ours. Signatures are not looked at. Prints its port. Started by list-million.ts; ends when its parent does.
 */
import { createServer } from 'node:http';

const count = Number(process.argv[2]);
const DIGITS = 9;

const server = createServer((request, response) => {
  const query = new URLSearchParams((request.url ?? '').split('?')[1]);
  const after = query.get('start-after');
  const first = after === null ? 0 : Number(after.slice(-DIGITS - 4, -4)) + 1;
  const last = Math.min(count, first + Number(query.get('max-keys')));
  let rows = '';
  for (let ordinal = first; ordinal < last; ordinal += 1) {
    const key = `media/2026/november/asset-${String(ordinal).padStart(DIGITS, '0')}.jpg`;
    rows +=
      `<Contents><Key>${key}</Key><LastModified>2026-11-20T21:59:00.000Z</LastModified>` +
      '<ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>16384</Size><StorageClass>STANDARD</StorageClass>' +
      '<Owner><ID>owner</ID></Owner><Type>Normal</Type></Contents>';
  }
  const xml =
    '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><EncodingType>url</EncodingType>' +
    `<IsTruncated>${last < count}</IsTruncated>${rows}</ListBucketResult>`;
  response.writeHead(200, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) }).end(xml);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  process.send?.({ port: address.port });
});
process.on('disconnect', () => process.exit(0));

/**
 * Owns sending a report or a URL map as a download, piece by piece, as fast as the other side takes it. Must not know
 * its formats. Called by http-door.ts.
 */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { EvidenceFile } from '../api/house.ts';

/** Rejects when it broke off; the connection is then cut, so that nobody takes the half for the whole. */
export async function sendEvidence(
  { fileName, mediaType, chunks }: EvidenceFile,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, {
    'Content-Type': mediaType,
    // Names of files are made of our own words and a number.
    'Content-Disposition': `attachment; filename="${fileName}"`,
    'Cache-Control': 'no-store',
  });
  try {
    await pipeline(Readable.from(chunks()), response);
  } catch (error) {
    // Whoever asked went away; that is no trouble of ours.
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
  }
}

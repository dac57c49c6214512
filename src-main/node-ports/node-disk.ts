/**
 * Owns asking Node how much room a disk has. Must not be used beyond the ports. Lent to the house by the doors.
 */
import { statfs } from 'node:fs/promises';
import type { Disk } from '../ports.ts';

export const nodeDisk: Disk = {
  async freeBytes(folder) {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
};

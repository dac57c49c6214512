/**
 * Owns the file-system calls of local disk as promises. Must not interpret anything. Called in this folder only.
 * Node's callback calls turned into promises cost half of what its FileHandle does (read of 16 KiB with open, two
 * stats and close: 18 µs against 35–46 µs of CPU), and small assets are many.
 */
import * as fs from 'node:fs';
import { promisify } from 'node:util';

export const openFile = promisify(fs.open);
export const closeFile = promisify(fs.close);
export const readFile = promisify(fs.read);
export const writePieces = promisify(fs.writev);
export const syncFile = promisify(fs.fsync);
/** The bytes alone, without times and rights. */
export const syncBytes = promisify(fs.fdatasync);
export const setFileTimes = promisify(fs.futimes);
export const truncateFile = promisify(fs.ftruncate);
export const rename = promisify(fs.rename);
export const link = promisify(fs.link);
export const unlink = promisify(fs.unlink);
export const makeDirectory = promisify(fs.mkdir);
export const readLink = promisify(fs.readlink);
export const realPath = promisify(fs.realpath.native);
export const openFolder = promisify(fs.opendir);
export const statFileSystem = promisify(fs.statfs);

export const statOpenFile = promisify(fs.fstat);
/** Of the link itself when the path is one. */
export const statPath = promisify(fs.lstat);

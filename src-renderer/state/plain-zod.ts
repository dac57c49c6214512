/**
 * Owns telling zod that this page compiles nothing at run time: the content security policy forbids it, and the mere
 * try would be reported. Must be imported before any schema is made: first in main.tsx.
 */
import { config } from 'zod';

config({ jitless: true });

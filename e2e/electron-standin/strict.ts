/**
 * Owns loudness: an API or an event that the stand-in does not have throws and names itself, so that no test passes
 * because something silently did nothing. Used by every file of the stand-in.
 */
import { EventEmitter } from 'node:events';

/** Asked of any object by the language itself. */
const ASKED_BY_THE_LANGUAGE = new Set(['then', 'toJSON', 'constructor']);

/** `target`, with a throw for every property that it does not have. */
export function strict<Target extends object>(name: string, target: Target): Target {
  return new Proxy(target, {
    get(object, key, receiver): unknown {
      if (typeof key === 'string' && !(key in object) && !ASKED_BY_THE_LANGUAGE.has(key)) {
        throw new Error(`The Electron stand-in does not know ${name}.${key}.`);
      }
      return Reflect.get(object, key, receiver);
    },
  });
}

/** An emitter that refuses listeners for events it never heard of. */
export class StrictEmitter extends EventEmitter {
  private readonly ownName: string;
  private readonly events: ReadonlySet<string>;

  constructor(ownName: string, events: readonly string[]) {
    super();
    this.ownName = ownName;
    this.events = new Set(events);
  }

  override on(event: string, listener: (...args: never[]) => void): this {
    if (!this.events.has(event)) throw new Error(`The Electron stand-in does not know ${this.ownName}'s "${event}".`);
    return super.on(event, listener as (...args: unknown[]) => void);
  }

  override addListener(event: string, listener: (...args: never[]) => void): this {
    return this.on(event, listener);
  }

  /** Emits with an event object that listeners may prevent; tells whether one did. */
  emitPreventable(event: string, fields: object = {}, ...args: unknown[]): boolean {
    let prevented = false;
    const preventDefault = () => {
      prevented = true;
    };
    this.emit(event, { ...fields, preventDefault }, ...args);
    return prevented;
  }
}

import { readConfig } from '#backend/config.ts';
import { createContext, type Context } from '#backend/context.ts';

let context: Promise<Context> | null = null;

/** The context of a Trigger.dev worker: made from its environment once for each process. */
export function taskContext(): Promise<Context> {
  context ??= createContext(readConfig(process.env)).catch((error: unknown) => {
    // What failed once, such as a database that was away, is tried again with the next task.
    context = null;
    throw error;
  });
  return context;
}

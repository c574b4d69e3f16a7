import { fork, type ChildProcess } from 'node:child_process';
import { z } from 'zod';

const answer = z.object({ id: z.number(), result: z.unknown(), error: z.string().optional() });
const question = z.object({ id: z.number(), name: z.string(), input: z.unknown() });

/** A process of its own that does what it is asked, so that what is measured shares its CPU and memory with nothing else. */
export class BenchProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #asked = 0;

  constructor(script: URL, execArgv: readonly string[] = []) {
    this.#child = fork(script, { execArgv: [...execArgv], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (message) => {
      const { id, result, error } = answer.parse(message);
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
    });
    this.#child.once('exit', (code, signal) => {
      const error = new Error(`A process of the bench ended with ${code ?? signal}: ${script.pathname}`);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  /** Asks for something by name, and parses what comes of it. */
  async ask<Result>(name: string, input: unknown, result: z.ZodType<Result>): Promise<Result> {
    this.#asked += 1;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#asked, waiting);
    this.#child.send({ id: this.#asked, name, input });
    return result.parse(await waiting.promise);
  }

  /** Lets it end by itself, as it must for a profile to be written. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    await this.ask('close', null, z.unknown());
    this.#child.disconnect();
    await ended;
  }
}

/** The other end: answers each question with what the function of its name makes of it. */
export function answerQuestions(answers: Record<string, (input: unknown) => Promise<unknown>>): void {
  // Nobody is left who would ask.
  process.once('disconnect', () => process.exit());
  process.on('message', (message) => {
    const { id, name, input } = question.parse(message);
    const made = answers[name]?.(input) ?? Promise.reject(new Error(`Nobody answers '${name}'.`));
    made.then(
      (result) => process.send?.({ id, result: result ?? null }),
      (error: unknown) => process.send?.({ id, error: error instanceof Error ? error.stack : String(error) }),
    );
  });
}

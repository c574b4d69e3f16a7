import { fork, type ChildProcess } from 'node:child_process';
import type { CrashProduct } from './crashProduct.ts';
import type { CrashProgram } from './crashProgram.ts';
import { outcome, type Outcome, type Task } from './crashWorker.ts';

/** A dead worker's leases are given up after the machine's time has moved on by so much. */
const longerThanLeasesMs = 3600_000;
/** There is always something to read, and so to die of, but not always in time. */
const mostQuietPolls = 2;

const nobodyDies = { lethal: {}, afterMs: null, diedAt: null };

/** One worker process, from its start to its end. */
class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #ready: Promise<void>;
  readonly #ended: Promise<void>;
  #said = '';
  #complaint = '';
  #isDead = false;

  constructor({ script, compileCache }: CrashProgram, { config, inbox, readingFunctions }: CrashProduct) {
    this.#child = fork(script, [JSON.stringify({ config, smtpPort: inbox.port, readingFunctions })], {
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: compileCache },
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#complaint += chunk.toString()));
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', () => {
        this.#isDead = true;
        resolve();
      });
    });
    const ready = new Promise<void>((resolve) => this.#child.once('message', () => resolve()));
    this.#ready = Promise.race([ready, this.#ended]);
  }

  /** What became of the task; null: this process died of it. */
  async work(task: Task, afterMs: number | null): Promise<Outcome | null> {
    await this.#ready;
    if (this.#isDead) throw new Error(`A worker did not come to life: ${this.#complaint}`);
    const answer = new Promise<Outcome>((resolve) => {
      this.#child.once('message', (message) => resolve(outcome.parse(message)));
    });
    this.#child.send(task);
    const timer = afterMs === null ? undefined : setTimeout(() => this.#child.kill('SIGKILL'), afterMs);
    const done = await Promise.race([answer, this.#ended.then(() => null)]);
    clearTimeout(timer);
    // The answer of one who was killed while it was on its way tells nothing about the next task.
    if (this.#child.killed) {
      await this.#ended;
      return null;
    }
    if (done === null && this.#child.signalCode !== 'SIGKILL')
      throw new Error(`A worker ended by itself: ${this.#complaint}`);
    return done;
  }

  /** The step at which it killed itself, if it did. */
  get lastStep(): string | null {
    return this.#said.trim().split('\n').at(-1) || null;
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

/** What a task shall die of: the nth occurrence of a step, time, or any step that nobody has died at. */
export interface Sentence {
  lethal: Record<string, number>;
  afterMs: number | null;
  diedAt: string[];
}

export interface Judge {
  /** Whether any more may die by chance. */
  readonly isOpen: boolean;
  /** Of a step that nobody has died at everybody dies; by chance also of others. */
  sentence(phase: Task['phase'], options: { byChance: boolean }): Sentence;
  /** Somebody died, at a step or, where that is null, when its time was up. */
  died(step: string | null): void;
}

/** What a phase came to: the steps that occurred to those who lived, and what there was to complain of at its end. */
interface PhaseOutcome {
  steps: Set<string>;
  errors: string[];
}

/**
 * Some workers of one product. Whoever dies is replaced at once by one that waits, and does the same task; when somebody
 * has died, the machine's time is moved on by more than any lease. At the end of a phase one of them works alone: two
 * that poll at once leave each other things to do, which in life the next poll does.
 */
export class Crew {
  readonly #product: CrashProduct;
  readonly #start: () => WorkerProcess;
  readonly #judge: Judge | null;
  readonly #workers: WorkerProcess[];
  readonly #spares: WorkerProcess[];
  #systemAheadMs = 0;
  #deaths = 0;
  #isClosed = false;

  constructor(options: { program: CrashProgram; product: CrashProduct; workers: number; judge?: Judge }) {
    this.#product = options.product;
    this.#start = () => new WorkerProcess(options.program, options.product);
    this.#judge = options.judge ?? null;
    this.#workers = Array.from({ length: options.workers }, this.#start);
    this.#spares = options.judge ? [this.#start()] : [];
  }

  /** Lets all do a phase until it is done and nobody dies of it. */
  async work(phase: Task['phase'], now: Date): Promise<PhaseOutcome> {
    const steps = new Set<string>();
    if (this.#workers.length > 1) await this.#workTogether({ phase, now }, steps);
    const last = await this.#workAt(0, { phase, now, isAlone: true });
    for (const step of last.steps) steps.add(step);
    return { steps, errors: last.errors };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#workers, ...this.#spares].map((worker) => worker.close()));
  }

  async #workTogether(work: { phase: Task['phase']; now: Date }, steps: Set<string>): Promise<void> {
    let quiet = 0;
    do {
      const before = this.#deaths;
      const all = this.#workers.map((_, place) => this.#workAt(place, { ...work, isAlone: false }));
      for (const step of (await Promise.all(all)).flatMap((done) => done.steps)) steps.add(step);
      if (this.#deaths > before) this.#systemAheadMs += longerThanLeasesMs;
      quiet = this.#deaths > before ? 0 : quiet + 1;
    } while (this.#judge?.isOpen && quiet < (work.phase === 'poll' ? mostQuietPolls : 1));
  }

  async #workAt(
    place: number,
    { phase, now, isAlone }: { phase: Task['phase']; now: Date; isAlone: boolean },
  ): Promise<Outcome> {
    for (;;) {
      const worker = this.#workers[place];
      if (!worker || this.#isClosed) throw new Error('The crew is closed.');
      const { afterMs, ...deadly } = this.#judge?.sentence(phase, { byChance: !isAlone }) ?? nobodyDies;
      const task = { phase, now: now.toISOString(), systemAheadMs: this.#systemAheadMs, ...deadly };
      const done = await worker.work(task, afterMs);
      if (done) return done;
      this.#deaths += 1;
      this.#judge?.died(worker.lastStep);
      await this.#product.forgetTokenRequests();
      // Those who work together are alive for each other until all are done.
      if (isAlone) this.#systemAheadMs += longerThanLeasesMs;
      this.#workers[place] = this.#spares.shift() ?? this.#start();
      this.#spares.push(this.#start());
    }
  }
}

import { lifecycleHooks, parsePacket, resourceCatalog, stringifyIO } from '@trigger.dev/core/v3';
import { runInMockTaskContext } from '@trigger.dev/core/v3/test';
import { TriggerTracer } from '@trigger.dev/core/v3/tracer';
import {
  ConsoleInterceptor,
  StandardLifecycleHooksManager,
  StandardResourceCatalog,
  TaskExecutor,
  TracingSDK,
} from '@trigger.dev/core/v3/workers';
import config from '../../trigger.config.ts';

/** What became of an attempt: what the run reports, or what is to happen after a failure. */
export type Attempt =
  { ok: true; output: unknown } | { ok: false; message: string; retryInMs: number | null };

/** Runs tasks as a worker of Trigger.dev does: payload parsed, hooks called, and the retry decided. */
export class TaskRunner {
  readonly #catalog = new StandardResourceCatalog();
  readonly #hooks = new StandardLifecycleHooksManager();
  #runs = 0;

  /** Loads tasks so that they register here; each module must not have been loaded before. */
  static async start(load: () => Promise<unknown>): Promise<TaskRunner> {
    const runner = new TaskRunner();
    resourceCatalog.setGlobalResourceCatalog(runner.#catalog);
    lifecycleHooks.setGlobalLifecycleHooksManager(runner.#hooks);
    resourceCatalog.setCurrentFileContext('trigger/src/tasks', 'trigger/src/tasks');
    await load();
    resourceCatalog.clearCurrentFileContext();
    return runner;
  }

  /** One attempt of a run. */
  async attempt(
    taskId: string,
    payload: unknown,
    { number = 1, runId = `run_${(this.#runs += 1)}` }: { number?: number; runId?: string } = {},
  ): Promise<Attempt> {
    const task = this.#catalog.getTask(taskId);
    if (!task) throw new Error(`There is no task ${taskId}.`);
    const attempt = { number, startedAt: new Date() };
    const overrides = {
      attempt,
      task: { id: task.id, filePath: 'trigger/src/tasks' },
      run: { id: runId },
      environment: { id: 'env', slug: 'prod', type: 'PRODUCTION' },
    } as const;
    return runInMockTaskContext(
      async ({ ctx }) => {
        // The context brings hooks of its own, empty ones; the tasks registered theirs when they were loaded.
        lifecycleHooks.disable();
        lifecycleHooks.setGlobalLifecycleHooksManager(this.#hooks);
        const { batch: _batch, deployment: _deployment, machine, ...execution } = ctx;
        if (!machine) throw new Error('A run has a machine.');
        const executor = new TaskExecutor(task, {
          // Kept by the executor for others; made for real, it would export to a server.
          tracingSDK: Object.create(TracingSDK.prototype),
          tracer: new TriggerTracer({ name: 'test', version: '1' }),
          consoleInterceptor: new ConsoleInterceptor({ emit: () => {}, enabled: () => false }, false, true),
          ...(config.retries ? { retries: config.retries } : {}),
        });
        const packet = await stringifyIO(payload);
        const run = { ...ctx.run, payload: packet.data ?? '', payloadType: packet.dataType };
        const { result } = await executor.execute(
          { ...execution, machine, attempt, run },
          ctx,
          new AbortController().signal,
        );
        if (result.ok)
          return {
            ok: true,
            output: await parsePacket({ data: result.output, dataType: result.outputType }),
          };
        const message =
          'message' in result.error ? String(result.error.message) : JSON.stringify(result.error);
        return { ok: false, message, retryInMs: result.retry?.delay ?? null };
      },
      { ctx: overrides },
    );
  }
}

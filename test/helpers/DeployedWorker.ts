import { parsePacket, TaskRunExecutionResult } from '@trigger.dev/core/v3';
import { loadFromCommandLine, type Deployment } from './buildDeployment.ts';

interface RunProcess {
  initialize(): RunProcess;
  execute(run: unknown): Promise<unknown>;
  cleanup(kill: boolean): Promise<void>;
}

const named = { id: 'test', slug: 'test', name: 'Test' };
const machine = { name: 'small-1x', cpu: 0.5, memory: 0.5, centsPerMs: 0 } as const;

/** A process that does runs with the built deployment, started as a machine of Trigger.dev starts it. */
export class DeployedWorker {
  readonly #process: RunProcess;

  private constructor(process: RunProcess) {
    this.#process = process;
  }

  static async start(options: {
    folder: string;
    deployment: Deployment;
    env: Record<string, string>;
  }): Promise<DeployedWorker> {
    const { TaskRunProcess } = await loadFromCommandLine('executions/taskRunProcess.js');
    // It tells of each step of a run.
    const { logger } = await loadFromCommandLine('utilities/logger.js');
    logger.loggerLevel = 'none';
    const process: RunProcess = new TaskRunProcess({
      workerManifest: options.deployment.index,
      serverWorker: { id: 'worker', contentHash: 'hash', version: '1', engine: 'V2' },
      env: options.env,
      machineResources: machine,
      cwd: options.folder,
      gracefulTerminationTimeoutInMs: 2000,
    });
    return new DeployedWorker(process.initialize());
  }

  /** Does a run and answers what it reports; a run that fails throws. */
  async run(task: string, payload: unknown): Promise<unknown> {
    const now = new Date();
    const execution = {
      task: { id: task, filePath: '' },
      attempt: { number: 1, startedAt: now },
      run: {
        id: 'run_1',
        payload: JSON.stringify(payload),
        payloadType: 'application/json',
        tags: [],
        isTest: false,
        createdAt: now,
        startedAt: now,
      },
      queue: { id: 'queue', name: 'queue' },
      environment: { id: 'env', slug: 'prod', type: 'PRODUCTION' },
      organization: named,
      project: { ...named, ref: 'test' },
      machine,
    };
    const result = TaskRunExecutionResult.parse(
      await this.#process.execute({
        payload: { execution, traceContext: {}, environment: {} },
        messageId: 'message',
      }),
    );
    if (!result.ok) throw new Error(`${task}: ${JSON.stringify(result.error)}`);
    return parsePacket({ data: result.output, dataType: result.outputType });
  }

  async stop(): Promise<void> {
    await this.#process.cleanup(true);
  }
}

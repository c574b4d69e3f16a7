import { z } from 'zod';
import { readRows, type Reader } from './lists.ts';
import { operations } from './operations/operations.ts';
import type { CallOptions } from './operations/runSingle.ts';
import type { taskPriorities } from './operations/tasks.ts';
import { id, optional, text } from './operations/values.ts';
import { markOf, withMark, writeOnce } from './writeOnce.ts';

export interface NewTask {
  name: string;
  description: string;
  assignedToId: number;
  businessUnitId: number;
  employeeTaskTypeId: number;
  employeeTaskSourceId: number;
  priority: (typeof taskPriorities)[number];
  reportedDate: string;
  completeBy?: string | undefined;
  customerId?: number | undefined;
  jobId?: number | undefined;
  /** The same for every try of the same task. */
  reference: string;
}

const taskRecord = z.object({ id, taskNumber: id, name: optional(text), description: optional(text) });
export type TaskRecord = z.infer<typeof taskRecord>;

/** Creates a task once. Tasks have no place for a reference of ours: its mark stands at the end of the description. */
export async function createTask(
  reader: Reader,
  { task, options }: { task: NewTask; options: CallOptions },
): Promise<{ task: TaskRecord; created: boolean }> {
  const { reference, description, ...members } = task;
  const mark = markOf(reference);
  const { method, path } = operations.createTask;
  const { record, created } = await writeOnce(reader, {
    what: 'the task',
    find: async () => {
      const tasks = await readRows(reader, {
        operation: operations.listTasks,
        row: taskRecord,
        input: { active: 'Any', ...whose(task) },
        options,
      });
      return tasks.find((row) => row.description?.includes(mark));
    },
    send: async () =>
      await reader.transport.request({
        method,
        path,
        body: {
          ...members,
          reportedById: task.assignedToId,
          isClosed: false,
          description: withMark(description, reference).trim(),
        },
        schema: taskRecord,
        repeatable: false,
        ...options,
      }),
    options,
  });
  return { task: record, created };
}

/** What narrows the list in which the task is looked for. */
function whose({ jobId, customerId, name }: NewTask) {
  if (jobId !== undefined) return { jobId };
  return customerId === undefined ? { name } : { customerId };
}

import { ApiError } from '../api/ApiError.ts';
import type { JobRow } from '../rows/jobRows.ts';
import { projectRow, type ProjectRow } from '../rows/projectRows.ts';
import type { Desk } from './Desk.ts';

export type NewProject = Partial<Omit<ProjectRow, 'number' | 'createdOn' | 'modifiedOn'>> & {
  readonly customerId: number;
  readonly locationId: number;
};

/** A new project stands at the first status unless told otherwise. */
export function createProject({ records, now }: Desk, input: NewProject): ProjectRow {
  const id = input.id ?? records.projects.nextId();
  const [first] = records.project_statuses.where((row) => row.active);
  return records.projects.put(
    projectRow.parse({
      statusId: first?.id ?? null,
      ...input,
      id,
      number: String(id),
      createdOn: now,
      modifiedOn: now,
    }),
  );
}

export function updateProject(
  { records, now }: Desk,
  project: ProjectRow,
  changes: Partial<ProjectRow>,
): ProjectRow {
  return records.projects.put({ ...project, ...changes, modifiedOn: now });
}

/** A project shows its jobs: one more or less is a change of the project too. */
export function touchProject(desk: Desk, projectId: number | null): void {
  const project = desk.records.projects.get(projectId);
  if (project) updateProject(desk, project, {});
}

/** Puts a job of the same customer into a project, out of the one in which it was. */
export function attachJob(desk: Desk, project: ProjectRow, job: JobRow): void {
  if (job.customerId !== project.customerId) {
    throw new ApiError(400, `Job ${job.id} and project ${project.id} belong to different customers.`);
  }
  if (job.projectId === project.id) return;
  touchProject(desk, job.projectId);
  desk.records.jobs.put({ ...job, projectId: project.id, modifiedOn: desk.now });
  touchProject(desk, project.id);
}

export function detachJob(desk: Desk, job: JobRow): void {
  if (!job.projectId) throw new ApiError(400, `Job ${job.id} is in no project.`);
  desk.records.jobs.put({ ...job, projectId: null, modifiedOn: desk.now });
  touchProject(desk, job.projectId);
}

/** Makes a project's jobs these and no others. */
export function setJobs(desk: Desk, project: ProjectRow, jobs: readonly JobRow[]): void {
  const wanted = new Set(jobs.map((job) => job.id));
  const present = desk.records.jobs
    .ownedBy(project.customerId)
    .filter((job) => job.active && job.projectId === project.id);
  for (const job of present) if (!wanted.has(job.id)) detachJob(desk, job);
  for (const job of jobs) attachJob(desk, project, job);
}

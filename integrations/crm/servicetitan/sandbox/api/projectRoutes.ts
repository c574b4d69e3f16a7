import type { Desk } from '../office/Desk.ts';
import { requireRow } from '../office/Desk.ts';
import { attachData, changeCustomFields, changeData } from '../office/externalData.ts';
import { attachJob, createProject, detachJob, setJobs, updateProject } from '../office/projects.ts';
import { projects } from '../resources/projectResources.ts';
import { invalid } from './ApiError.ts';
import { checkLinks } from './checkLinks.ts';
import { givenMembers } from './givenMembers.ts';
import { newProjectBody, projectChangesBody } from './projectBodies.ts';
import { pathId, readBody, type Route, sentMembers } from './route.ts';

const path = 'jpm/v2/tenant/:tenant/projects';
const scope = 'jpm.projects';

/** A sub-status belongs to one status. */
function checkSubStatus({ records }: Desk, { statusId, subStatusId }: StatusChoice): void {
  const sub = records.project_sub_statuses.get(subStatusId);
  if (sub && sub.statusId !== statusId) {
    throw invalid({ subStatusId: [`Sub-status ${sub.id} does not belong to status ${statusId ?? 'none'}.`] });
  }
}

interface StatusChoice {
  readonly statusId?: number | null | undefined;
  readonly subStatusId?: number | null | undefined;
}

export const projectRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => {
      const { records } = call.desk;
      const { externalData, customFields, ...members } = readBody(call, newProjectBody);
      checkLinks(records, members);
      checkSubStatus(call.desk, members);
      const { customerId } = requireRow(records.locations, 'Location', members.locationId);
      if (members.customerId && members.customerId !== customerId) {
        throw invalid({ customerId: [`Location ${members.locationId} belongs to another customer.`] });
      }
      const project = createProject(call.desk, {
        ...givenMembers(members),
        customerId,
        externalData: attachData(externalData),
        customFields: changeCustomFields([], customFields),
      });
      return projects.get(records, project.id);
    },
  },
  {
    method: 'PATCH',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const { records } = call.desk;
      const project = requireRow(records.projects, 'Project', pathId(call));
      const body = readBody(call, projectChangesBody);
      checkLinks(records, body);
      const { jobIds, externalData, customFields, ...members } = sentMembers(body);
      checkSubStatus(call.desk, { ...project, ...members });
      if (jobIds) {
        const jobs = jobIds.map((id) => requireRow(records.jobs, 'Job', id));
        setJobs(call.desk, project, jobs);
      }
      updateProject(call.desk, project, {
        ...members,
        ...(externalData && { externalData: changeData(project.externalData, externalData) }),
        ...(customFields && { customFields: changeCustomFields(project.customFields, customFields) }),
      });
      return projects.get(records, project.id);
    },
  },
  {
    method: 'POST',
    path: `${path}/:id/attach-job/:jobId`,
    scope,
    handle: (call) => {
      const { records } = call.desk;
      const project = requireRow(records.projects, 'Project', pathId(call));
      attachJob(call.desk, project, requireRow(records.jobs, 'Job', pathId(call, 'jobId')));
    },
  },
  {
    method: 'POST',
    path: `${path}/detach-job/:jobId`,
    scope,
    handle: (call) => {
      detachJob(call.desk, requireRow(call.desk.records.jobs, 'Job', pathId(call, 'jobId')));
    },
  },
];

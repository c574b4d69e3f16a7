import { requireRow } from '../office/Desk.ts';
import { attachData, changeData } from '../office/externalData.ts';
import { jobTypes } from '../resources/jobResources.ts';
import { jobTypeRow } from '../rows/jobRows.ts';
import { checkLinks } from './checkLinks.ts';
import { givenMembers } from './givenMembers.ts';
import { jobTypeChangesBody, newJobTypeBody } from './jobBodies.ts';
import { pathId, readBody, type Route } from './route.ts';

const path = 'jpm/v2/tenant/:tenant/job-types';
const scope = 'jpm.jobtypes';

export const jobTypeRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => {
      const { records, now } = call.desk;
      const { externalData, ...members } = readBody(call, newJobTypeBody);
      checkLinks(records, members);
      const id = records.job_types.nextId();
      records.job_types.put(
        jobTypeRow.parse({
          ...givenMembers(members),
          externalData: attachData(externalData),
          id,
          createdOn: now,
          modifiedOn: now,
        }),
      );
      return jobTypes.get(records, id);
    },
  },
  {
    method: 'PATCH',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const { records, now } = call.desk;
      const type = requireRow(records.job_types, 'Job type', pathId(call));
      const { externalData, soldThreshold, ...members } = readBody(call, jobTypeChangesBody);
      checkLinks(records, members);
      records.job_types.put({
        ...type,
        ...givenMembers(members),
        ...(soldThreshold !== undefined && { soldThreshold }),
        ...(externalData && { externalData: changeData(type.externalData, externalData) }),
        modifiedOn: now,
      });
      return jobTypes.get(records, type.id);
    },
  },
];

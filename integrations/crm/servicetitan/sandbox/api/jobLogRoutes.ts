import { requireRow } from '../office/Desk.ts';
import { bookedLogs } from '../resources/jobLogResources.ts';
import { QueryReader } from '../resources/QueryReader.ts';
import { notFound } from './ApiError.ts';
import { listPart } from './listPart.ts';
import { type Call, pathId, type Route } from './route.ts';

const path = 'jpm/v2/tenant/:tenant/jobs';
const scope = 'jpm.jobs';

function jobIdOf(call: Call): number {
  return requireRow(call.desk.records.jobs, 'Job', pathId(call)).id;
}

/** Why some jobs were canceled, asked for by the ids of the jobs. */
function cancelReasonsOf(call: Call) {
  const { records } = call.desk;
  const reader = new QueryReader(call.query, call.desk.records.switches);
  const ids = reader.ids('ids');
  if (reader.text('ids') === undefined) reader.refuse('ids', 'The ids of the jobs are required.');
  reader.check();
  const logs = [...(ids ?? [])].flatMap((id) =>
    records.canceled_logs.ownedBy(id).filter((log) => log.active),
  );
  const data = logs.map(({ jobId, reasonId, memo }) => {
    const name = records.cancel_reasons.get(reasonId)?.name ?? '';
    return { jobId, reasonId, name, text: memo ?? '' };
  });
  return { page: 1, pageSize: Math.max(50, data.length), hasMore: false, totalCount: null, data };
}

/** What is told of a job besides the job itself. */
export const jobLogRoutes: readonly Route[] = [
  { method: 'GET', path: `${path}/cancel-reasons`, scope, handle: cancelReasonsOf },
  {
    method: 'GET',
    path: `${path}/:id/canceled-log`,
    scope,
    handle: (call) => listPart(call, call.desk.records.canceled_logs.ownedBy(jobIdOf(call)), ['modifiedOn']),
  },
  {
    method: 'GET',
    path: `${path}/:id/booked-log`,
    scope,
    handle: (call) => {
      const { records } = call.desk;
      const jobId = jobIdOf(call);
      const [log] = records.booked_logs.ownedBy(jobId);
      if (!log) throw notFound('Booked log of job', jobId);
      return bookedLogs.get(records, log.id);
    },
  },
  {
    method: 'GET',
    path: `${path}/:id/history`,
    scope,
    handle: (call) => ({ history: call.desk.records.job_history.get(jobIdOf(call))?.history ?? [] }),
  },
];

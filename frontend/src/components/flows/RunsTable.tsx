import { Link, useSearchParams } from 'react-router';
import type { RunSummary } from '#backend/schemas/api.ts';
import list from '../common/list.module.css';
import { StateBadge } from '../common/StateBadge.tsx';
import { StatusBadge } from '../common/StatusBadge.tsx';
import { Time } from '../common/Time.tsx';

/** Runs, each with what became of it. */
export function RunsTable({ runs, withFlow = false }: { runs: RunSummary[]; withFlow?: boolean }) {
  return (
    <div className={list.scroll} tabIndex={0} role="region" aria-label="Runs">
      <table className={list.table}>
        <thead>
          <tr>
            <th scope="col">Customer</th>
            {withFlow ? <th scope="col">Flow</th> : null}
            <th scope="col">Status</th>
            <th scope="col">Why</th>
            <th scope="col">Began in</th>
            <th scope="col">Version</th>
            <th scope="col">Started</th>
            <th scope="col">Ended</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <td className={list.nowrap}>
                <Link className={list.main} to={`/runs/${run.id}`}>
                  {run.customerName}
                </Link>
              </td>
              {withFlow ? (
                <td className={list.nowrap}>
                  <Link to={`/flows/${run.flowId}/runs`}>{run.flowName}</Link>
                </td>
              ) : null}
              <td className={list.nowrap}>
                <StatusBadge status={run.status} />
              </td>
              <td className={list.soft} style={{ minWidth: 200 }}>
                <Why run={run} />
              </td>
              <td className={list.nowrap}>
                <StateBadge state={run.state} />
              </td>
              <td>{run.versionNumber}</td>
              <td className={list.nowrap}>
                <Time iso={run.startedAt} zone={run.timeZone} />
              </td>
              <td className={list.nowrap}>
                {run.endedAt && run.status !== 'parked' ? (
                  <Time iso={run.endedAt} zone={run.timeZone} show="absolute" />
                ) : (
                  '–'
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Why it is over or parked; of an error, the way to all runs that have it. */
function Why({ run: { status, endedReason, customerName } }: { run: RunSummary }) {
  const [params] = useSearchParams();
  if (endedReason === null) return '–';
  if (status !== 'parked' || params.get('error') === endedReason) return endedReason;
  const narrowed = new URLSearchParams(params);
  narrowed.set('error', endedReason);
  return (
    <>
      {endedReason}{' '}
      <Link to={`?${narrowed.toString()}`} aria-label={`All with the error of ${customerName}`}>
        All with this error
      </Link>
    </>
  );
}

import { Link } from 'react-router';
import type { RunSummary } from '#backend/schemas/api.ts';
import { useSession } from '../../session.ts';
import list from '../common/list.module.css';
import { StateBadge } from '../common/StateBadge.tsx';
import { StatusBadge } from '../common/StatusBadge.tsx';
import { Time } from '../common/Time.tsx';

export function RunsTable({ runs }: { runs: RunSummary[] }) {
  const { timeZone } = useSession().workspace;
  return (
    <div className={list.scroll} tabIndex={0} role="region" aria-label="Runs">
      <table className={list.table}>
        <thead>
          <tr>
            <th scope="col">Customer</th>
            <th scope="col">Status</th>
            <th scope="col">Why it ended</th>
            <th scope="col">State</th>
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
              <td className={list.nowrap}>
                <StatusBadge status={run.status} />
              </td>
              <td className={list.soft}>{run.endedReason ?? '–'}</td>
              <td className={list.nowrap}>
                <StateBadge state={run.state} />
              </td>
              <td>{run.versionNumber}</td>
              <td className={list.nowrap}>
                <Time iso={run.startedAt} zone={timeZone} />
              </td>
              <td className={list.nowrap}>
                {run.endedAt ? <Time iso={run.endedAt} zone={timeZone} /> : '–'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

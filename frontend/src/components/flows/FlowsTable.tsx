import { Link } from 'react-router';
import type { FlowSummary } from '#backend/schemas/api.ts';
import { formatCount } from '../../money.ts';
import { useSession } from '../../session.ts';
import list from '../common/list.module.css';
import { StateGlyph } from '../common/StateGlyph.tsx';
import { StatusBadge } from '../common/StatusBadge.tsx';
import { Time } from '../common/Time.tsx';

export function FlowsTable({ flows }: { flows: FlowSummary[] }) {
  return (
    <div className={list.scroll} tabIndex={0} role="region" aria-label="Flows">
      <table className={list.table}>
        <thead>
          <tr>
            <th scope="col">Flow</th>
            <th scope="col">Status</th>
            <th scope="col">Starts</th>
            <th scope="col" className={list.number}>
              Active
            </th>
            <th scope="col" className={list.number}>
              Sent
            </th>
            <th scope="col" className={list.number}>
              Need attention
            </th>
            <th scope="col">Changed</th>
          </tr>
        </thead>
        <tbody>
          {flows.map((flow) => (
            <FlowRow key={flow.id} flow={flow} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FlowRow({ flow }: { flow: FlowSummary }) {
  const { workspace } = useSession();
  const runs = `/flows/${flow.id}/runs`;
  return (
    <tr>
      <td style={{ minWidth: 220 }}>
        <Link className={list.main} to={`/flows/${flow.id}`}>
          {flow.name}
        </Link>
        <div className={list.soft}>{flow.description}</div>
      </td>
      <td className={list.nowrap}>
        <StatusBadge status={flow.status} />
        {flow.hasUnpublishedChanges && flow.status !== 'draft' ? (
          <div className={list.soft}>Unpublished changes</div>
        ) : null}
      </td>
      <td style={{ minWidth: 180 }}>
        <span style={{ display: 'inline-flex', gap: 6, alignItems: 'center' }}>
          {flow.triggerState === null ? null : <StateGlyph state={flow.triggerState} size={14} />}
          {flow.trigger || <span className={list.soft}>Not set</span>}
        </span>
      </td>
      <td className={list.number}>
        <Link to={`${runs}?status=active`}>{formatCount(flow.activeRuns)}</Link>
      </td>
      <td className={list.number}>{flow.sent > 0 ? formatCount(flow.sent) : '–'}</td>
      <td className={list.number}>
        {flow.failedRuns > 0 ? <Link to={`${runs}?status=parked`}>{formatCount(flow.failedRuns)}</Link> : '–'}
      </td>
      <td className={list.nowrap}>
        <Time iso={flow.updatedAt} zone={workspace.timeZone} show="relative" />
      </td>
    </tr>
  );
}

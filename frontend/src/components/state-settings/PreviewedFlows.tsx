import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { PreviewedFlow, PreviewResult } from '#backend/schemas/stateSettings.ts';
import { formatCount } from '../../money.ts';
import list from '../common/list.module.css';

/** What would become of each flow's runs; each row says the titles itself where there is no room for a head. */
const columns = {
  ending: 'Runs that end',
  resuming: 'Go on where they were',
  starting: 'Start if you ask for it',
  not: 'Do not start even then',
} as const;

/** Which runs would end, go on and start, by flow. */
export function PreviewedFlows({ flows }: Pick<PreviewResult, 'flows'>) {
  return (
    <table role="table" className={`${list.table} ${list.fold}`} aria-label="Flows">
      <thead role="rowgroup">
        <tr role="row">
          {['Flow', ...Object.values(columns)].map((title) => (
            <th key={title} role="columnheader" scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {flows.map((flow) => (
          <tr role="row" key={flow.flowId}>
            <td role="cell" className={list.line}>
              <Link className={list.main} to={`/flows/${flow.flowId}`}>
                {flow.flowName}
              </Link>
            </td>
            <Cell title={columns.ending}>{formatCount(flow.ending)}</Cell>
            <Cell title={columns.resuming}>{formatCount(flow.resuming)}</Cell>
            <Cell title={columns.starting}>
              {formatCount(flow.starting)}
              {flow.startingWithoutEmail > 0 ? (
                <div className={list.soft}>{formatCount(flow.startingWithoutEmail)} without e-mail</div>
              ) : null}
            </Cell>
            <Cell title={columns.not}>{notStartingWords(flow)}</Cell>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ title, children }: { title: string; children: ReactNode }) {
  return (
    <td role="cell" className={list.line}>
      <span className={list.label} aria-hidden>
        {title}:{' '}
      </span>
      {children}
    </td>
  );
}

function notStartingWords({ stale, duplicate, history }: PreviewedFlow): string {
  const reasons = [
    stale > 0 ? `${formatCount(stale)} too long ago` : '',
    duplicate > 0 ? `${formatCount(duplicate)} in the flow already` : '',
    history > 0 ? `${formatCount(history)} before going live` : '',
  ].filter(Boolean);
  return reasons.join(', ') || '—';
}

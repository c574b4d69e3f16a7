import type { PreviewResult } from '#backend/schemas/stateSettings.ts';
import { formatCount } from '../../money.ts';
import list from '../common/list.module.css';
import { StateBadge } from '../common/StateBadge.tsx';

/** How many journeys would go from which state to which. */
export function MovesTable({ moves }: Pick<PreviewResult, 'moves'>) {
  // The roles are said because a table that folds in a narrow window loses them.
  return (
    <table role="table" className={`${list.table} ${list.fold}`} aria-label="Moves">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            From
          </th>
          <th role="columnheader" scope="col">
            To
          </th>
          <th role="columnheader" scope="col" className={list.number}>
            Journeys
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {moves.map(({ from, to, count }) => (
          <tr role="row" key={`${from} ${to}`}>
            <td role="cell" className={list.line}>
              <StateBadge state={from} />
            </td>
            <td role="cell" className={list.lead}>
              <span className={list.label} aria-hidden>
                to{' '}
              </span>
              <StateBadge state={to} />
              {from === to ? <div className={list.soft}>for another visit</div> : null}
            </td>
            <td role="cell" className={list.number}>
              {formatCount(count)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

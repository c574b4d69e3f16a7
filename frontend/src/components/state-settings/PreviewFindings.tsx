import { Text } from '@mantine/core';
import { Link } from 'react-router';
import type { PreviewResult } from '#backend/schemas/stateSettings.ts';
import { countOf, formatCount } from '../../money.ts';
import list from '../common/list.module.css';
import { StateBadge } from '../common/StateBadge.tsx';
import { moveWords } from './settingWords.ts';
import styles from './StateSettings.module.css';

/** Which journeys would move where, what becomes of their flows, and some of them by name. */
export function PreviewFindings({ result, lookedAt }: { result: PreviewResult; lookedAt: number }) {
  const { moving, moves, flows, examples, overridesLifted } = result;
  return (
    <>
      <Text size="sm" role="status">
        <strong>
          {moving === 0 ? 'No journey would move.' : `${countOf(moving, 'journey')} would move.`}
        </strong>{' '}
        {formatCount(lookedAt)} were looked at.
        {overridesLifted > 0
          ? ` ${countOf(overridesLifted, 'state')} set by a person or a flow would no longer hold, and undoing does not bring them back.`
          : ''}
      </Text>
      {moves.length > 0 ? (
        <div className={list.scroll} tabIndex={0} role="region" aria-label="Moves">
          <table className={list.table}>
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col">To</th>
                <th scope="col" className={list.number}>
                  Journeys
                </th>
              </tr>
            </thead>
            <tbody>
              {moves.map(({ from, to, count }) => (
                <tr key={`${from} ${to}`}>
                  <td>
                    <StateBadge state={from} />
                  </td>
                  <td>
                    <StateBadge state={to} />
                    {from === to ? <div className={list.soft}>for another visit</div> : null}
                  </td>
                  <td className={list.number}>{formatCount(count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {flows.length > 0 ? <FlowsTable flows={flows} /> : null}
      {examples.length > 0 ? (
        <div className={list.scroll} tabIndex={0} role="region" aria-label="Examples">
          <table className={list.table}>
            <thead>
              <tr>
                <th scope="col">Example</th>
                <th scope="col">Would go</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {examples.map((each, place) => (
                // Two journeys of a customer may be alike in all that is shown.
                // oxlint-disable-next-line react/no-array-index-key
                <tr key={place}>
                  <td>
                    {each.contactId ? (
                      <Link className={list.main} to={`/customers/${each.contactId}`}>
                        {each.customerName}
                      </Link>
                    ) : (
                      each.customerName
                    )}
                    <div className={list.soft}>
                      {each.jobNumber ? `Job ${each.jobNumber} · ` : ''}
                      {each.connectionName}
                    </div>
                  </td>
                  <td className={styles.wide}>{moveWords(each.from, each.to)}</td>
                  <td className={styles.wide}>{each.why}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </>
  );
}

function FlowsTable({ flows }: { flows: PreviewResult['flows'] }) {
  return (
    <div className={list.scroll} tabIndex={0} role="region" aria-label="Flows">
      <table className={list.table}>
        <thead>
          <tr>
            <th scope="col">Flow</th>
            <th scope="col" className={list.number}>
              Runs that end
            </th>
            <th scope="col" className={list.number}>
              Go on where they were
            </th>
            <th scope="col" className={list.number}>
              Start if you ask for it
            </th>
            <th scope="col">Do not start even then</th>
          </tr>
        </thead>
        <tbody>
          {flows.map((flow) => (
            <tr key={flow.flowId}>
              <td>
                <Link className={list.main} to={`/flows/${flow.flowId}`}>
                  {flow.flowName}
                </Link>
              </td>
              <td className={list.number}>{formatCount(flow.ending)}</td>
              <td className={list.number}>{formatCount(flow.resuming)}</td>
              <td className={list.number}>
                {formatCount(flow.starting)}
                {flow.startingWithoutEmail > 0 ? (
                  <div className={list.soft}>{formatCount(flow.startingWithoutEmail)} without e-mail</div>
                ) : null}
              </td>
              <td className={list.soft}>{notStartingWords(flow)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function notStartingWords({ stale, duplicate, history }: PreviewResult['flows'][number]): string {
  const reasons = [
    stale > 0 ? `${formatCount(stale)} too long ago` : '',
    duplicate > 0 ? `${formatCount(duplicate)} in the flow already` : '',
    history > 0 ? `${formatCount(history)} before going live` : '',
  ].filter(Boolean);
  return reasons.join(', ') || '—';
}

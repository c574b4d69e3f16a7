import { Text } from '@mantine/core';
import { Link } from 'react-router';
import type { PreviewResult } from '#backend/schemas/stateSettings.ts';
import { countOf, formatCount } from '../../money.ts';
import list from '../common/list.module.css';
import { MovesTable } from './MovesTable.tsx';
import { PreviewedFlows } from './PreviewedFlows.tsx';
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
      {moves.length > 0 ? <MovesTable moves={moves} /> : null}
      {flows.length > 0 ? <PreviewedFlows flows={flows} /> : null}
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

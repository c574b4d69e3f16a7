import type { ConnectionReply } from '#backend/schemas/api.ts';
import { countOf, formatCount } from '../../money.ts';
import list from '../common/list.module.css';
import { Time } from '../common/Time.tsx';
import { resourceWords } from './resourceWords.ts';
import styles from './Integrations.module.css';

interface ResourcesTableProps {
  resources: ConnectionReply['resources'];
  zone: string;
}

/** What is read of a tenant, how much of it there is, and how fresh it is. */
export function ResourcesTable({ resources, zone }: ResourcesTableProps) {
  return (
    <div className={list.scroll} tabIndex={0} role="region" aria-label="What is read">
      <table className={list.table}>
        <thead>
          <tr>
            <th scope="col">Resource</th>
            <th scope="col" className={list.number}>
              Records
            </th>
            <th scope="col">Last read</th>
            <th scope="col">Newest change</th>
            <th scope="col">Problems</th>
          </tr>
        </thead>
        <tbody>
          {resources.map((each) => (
            <tr key={each.resource}>
              <td className={list.nowrap}>{resourceWords(each.resource)}</td>
              <td className={list.number}>{formatCount(each.records)}</td>
              <td className={list.nowrap}>
                {each.lastReadAt ? <Time iso={each.lastReadAt} zone={zone} show="relative" /> : '–'}
              </td>
              <td className={list.nowrap}>
                {each.lastModifiedOn ? <Time iso={each.lastModifiedOn} zone={zone} show="relative" /> : '–'}
              </td>
              <td>
                {each.failures > 0 ? (
                  <span className={styles.reason}>
                    {countOf(each.failures, 'failure')} in a row: {each.lastError ?? 'unknown reason'}
                  </span>
                ) : (
                  <span className={list.soft}>None</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

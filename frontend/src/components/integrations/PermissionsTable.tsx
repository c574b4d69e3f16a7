import { IconCheck, IconMinus, IconQuestionMark, IconX, type Icon } from '@tabler/icons-react';
import type { ConnectionReply } from '#backend/schemas/api.ts';
import badges from '../common/badges.module.css';
import list from '../common/list.module.css';
import styles from './Diagnosis.module.css';

type Scope = NonNullable<ConnectionReply['diagnosis']>['scopes'][number];

const accesses = {
  granted: { words: 'Granted', tone: 'ok', icon: IconCheck },
  missing: { words: 'Missing', tone: 'bad', icon: IconX },
  unknown: { words: 'Unknown', tone: 'neutral', icon: IconQuestionMark },
  unused: { words: 'Not needed', tone: 'neutral', icon: IconMinus },
} as const satisfies Record<string, { words: string; tone: string; icon: Icon }>;

/** What the app may read and write in the tenant, and what each is needed for. */
export function PermissionsTable({ scopes }: { scopes: Scope[] }) {
  // The roles are said because a table that is laid out anew for a narrow window loses them.
  return (
    <table role="table" className={`${list.table} ${styles.table}`} aria-label="Permissions">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            Resource
          </th>
          <th role="columnheader" scope="col">
            Read
          </th>
          <th role="columnheader" scope="col">
            Write
          </th>
          <th role="columnheader" scope="col">
            Needed for
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {scopes.map((scope) => (
          <tr role="row" key={scope.scope}>
            <th role="rowheader" scope="row" className={styles.resource}>
              {scope.resource}
              <code className={styles.scope}>{scope.scope}</code>
            </th>
            <td role="cell" className={styles.read}>
              <Access scope={scope} need="read" />
            </td>
            <td role="cell" className={styles.write}>
              <Access scope={scope} need="write" />
            </td>
            <td role="cell" className={styles.needed}>
              {scope.essential ? <strong>Cannot do without. </strong> : null}
              {scope.neededFor.join('; ')}.
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Access({ scope, need }: { scope: Scope; need: 'read' | 'write' }) {
  const { words, tone, icon: Shape } = accesses[scope.needs.includes(need) ? scope[need] : 'unused'];
  return (
    <>
      <span className={styles.label} aria-hidden>
        {need === 'read' ? 'Read' : 'Write'}
      </span>
      <span className={`${badges.status} ${badges[tone]}`}>
        <Shape size={13} stroke={2.2} aria-hidden />
        {words}
      </span>
    </>
  );
}

import { Link } from 'react-router';
import type { ConnectionSummary } from '#backend/schemas/api.ts';
import { countOf } from '../../money.ts';
import list from '../common/list.module.css';
import { StatusBadge } from '../common/StatusBadge.tsx';
import { Time } from '../common/Time.tsx';
import { CircuitAlert } from './CircuitAlert.tsx';
import styles from './Integrations.module.css';

export const environmentWords = {
  production: 'Production',
  integration: 'Integration',
  sandbox: 'Sandbox',
} as const satisfies Record<ConnectionSummary['environment'], string>;

/** The connected tenants: whether each is healthy, and how fresh its data are. */
export function ConnectionsList({ connections }: { connections: ConnectionSummary[] }) {
  return (
    <ul className={styles.connections}>
      {connections.map((connection) => (
        <li key={connection.id}>
          <div className={styles.grow}>
            <Link className={list.main} to={`/integrations/connections/${connection.id}`}>
              {connection.name}
            </Link>
            <div className={list.soft}>
              Tenant {connection.tenantId} · {environmentWords[connection.environment]}
            </div>
          </div>
          <div className={styles.health}>
            <StatusBadge status={connection.status} />
            {connection.statusReason ? <div className={styles.reason}>{connection.statusReason}</div> : null}
          </div>
          <div className={styles.numbers}>
            <div>{countOf(connection.customers, 'customer')}</div>
            <div className={list.soft}>
              {connection.syncing ? (
                'Syncing now…'
              ) : connection.lastSyncAt ? (
                <>
                  Read <Time iso={connection.lastSyncAt} zone={connection.timeZone} show="relative" />
                </>
              ) : (
                'Not read yet'
              )}
            </div>
          </div>
          {connection.circuit ? (
            <div className={styles.whole}>
              <CircuitAlert connection={connection} circuit={connection.circuit} />
            </div>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

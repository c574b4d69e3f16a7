import type { ConnectionReply } from '#backend/schemas/api.ts';
import { formatCount } from '../../money.ts';
import { formatDuration } from '../../time.ts';
import { EmptyState } from '../common/EmptyState.tsx';
import list from '../common/list.module.css';
import { StatusBadge } from '../common/StatusBadge.tsx';
import { Time } from '../common/Time.tsx';
import { resourceWords } from './resourceWords.ts';
import styles from './Integrations.module.css';

type Sync = ConnectionReply['syncs'][number];

/** The latest polls of a connection: what each read, and how it went. */
export function SyncsList({ syncs, zone }: { syncs: Sync[]; zone: string }) {
  if (syncs.length === 0) {
    return (
      <EmptyState title="Nothing was read yet">
        Press “Sync now”, or wait: it happens every few minutes.
      </EmptyState>
    );
  }
  return (
    <div className={list.scroll} tabIndex={0} role="region" aria-label="The latest syncs">
      <table className={list.table}>
        <thead>
          <tr>
            <th scope="col">Started</th>
            <th scope="col">Status</th>
            <th scope="col">Took</th>
            <th scope="col">What was read</th>
          </tr>
        </thead>
        <tbody>
          {syncs.map((sync) => (
            <tr key={sync.id}>
              <td className={list.nowrap}>
                <Time iso={sync.startedAt} zone={zone} />
              </td>
              <td className={list.nowrap}>
                <StatusBadge status={sync.status} />
              </td>
              <td className={list.nowrap}>
                {sync.finishedAt ? formatDuration(sync.startedAt, sync.finishedAt) : '…'}
              </td>
              <td style={{ minWidth: 240 }}>
                <Counts counts={sync.counts} />
                {sync.error ? <div className={styles.reason}>{sync.error}</div> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Counts({ counts }: { counts: Sync['counts'] }) {
  const all = Object.values(counts);
  const sum = (pick: (count: Sync['counts'][string]) => number) =>
    all.reduce((total, each) => total + pick(each), 0);
  const failed = sum((count) => count.failed);
  const changes = Object.entries(counts).filter(([, each]) => each.new + each.changed > 0);
  return (
    <>
      {formatCount(sum(({ read }) => read))} read, {formatCount(sum((count) => count.new))} new,{' '}
      {formatCount(sum(({ changed }) => changed))} changed
      {failed > 0 ? <span className={styles.reason}>, {formatCount(failed)} failed</span> : null}
      {changes.length > 0 ? (
        <div className={styles.counts}>
          {changes.map(([resource, each]) => (
            <span key={resource}>
              {resourceWords(resource)} {formatCount(each.new + each.changed)}
            </span>
          ))}
        </div>
      ) : null}
    </>
  );
}

import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ConnectionReply } from '#backend/schemas/api.ts';
import { formatCount } from '../../money.ts';
import { useCanEdit } from '../../session.ts';
import { formatDuration } from '../../time.ts';
import { EmptyState } from '../common/EmptyState.tsx';
import list from '../common/list.module.css';
import { StatusBadge } from '../common/StatusBadge.tsx';
import { Time } from '../common/Time.tsx';
import { pathWords } from './pathWords.ts';
import { resourceWords } from './resourceWords.ts';
import styles from './Integrations.module.css';

type Sync = ConnectionReply['syncs'][number];

const shownFirst = 8;

/** The latest reads of a connection that brought something or failed. */
export function SyncsList({ syncs, zone }: { syncs: Sync[]; zone: string }) {
  const [showsAll, setShowsAll] = useState(false);
  const canEdit = useCanEdit();
  if (syncs.length === 0) {
    return (
      <EmptyState title="Nothing was read yet">
        {canEdit
          ? 'Press “Sync now”, or wait: it happens every few minutes.'
          : 'It happens every few minutes.'}
      </EmptyState>
    );
  }
  const shown = showsAll ? syncs : syncs.slice(0, shownFirst);
  return (
    <>
      <div className={list.scroll} tabIndex={0} role="region" aria-label="The latest syncs">
        <table role="table" className={`${list.table} ${list.fold}`}>
          <thead role="rowgroup">
            <tr role="row">
              {['Started', 'What', 'Status', 'Took', 'Result'].map((title) => (
                <th key={title} role="columnheader" scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {shown.map((sync) => (
              <Row key={sync.id} sync={sync} zone={zone} />
            ))}
          </tbody>
        </table>
      </div>
      {syncs.length > shown.length ? (
        <div className={styles.more}>
          <Button variant="subtle" size="xs" onClick={() => setShowsAll(true)}>
            Show all {syncs.length}
          </Button>
        </div>
      ) : null}
    </>
  );
}

const pathNames = new Map<string, string>(Object.entries(pathWords));
const sourceWords = new Map([
  ['manual', 'asked for by hand'],
  ['webhook', 'after a webhook'],
]);

function Row({ sync, zone }: { sync: Sync; zone: string }) {
  const about = [pathNames.get(sync.path ?? ''), sourceWords.get(sync.source)].filter(Boolean).join(', ');
  return (
    <tr role="row">
      <td role="cell" className={`${list.nowrap} ${list.line}`}>
        <Time iso={sync.startedAt} zone={zone} />
      </td>
      <td role="cell" className={list.lead}>
        {sync.resource ? resourceWords(sync.resource) : 'Customer states'}
        {about ? <div className={list.soft}>{about}</div> : null}
      </td>
      <td role="cell" className={list.nowrap}>
        <StatusBadge status={sync.status} />
      </td>
      <td role="cell" className={list.nowrap}>
        {sync.finishedAt ? formatDuration(sync.startedAt, sync.finishedAt) : '…'}
      </td>
      <td role="cell" className={`${list.line} ${styles.result}`}>
        <Counts counts={sync.counts} />
        {sync.error ? <div className={styles.reason}>{sync.error}</div> : null}
      </td>
    </tr>
  );
}

function Counts({ counts }: { counts: Sync['counts'] }) {
  const all = Object.values(counts);
  const sum = (pick: (count: Sync['counts'][string]) => number) =>
    all.reduce((total, each) => total + pick(each), 0);
  const failed = sum((count) => count.failed);
  if (all.length === 0) return null;
  return (
    <>
      {formatCount(sum(({ read }) => read))} read, {formatCount(sum((count) => count.new))} new,{' '}
      {formatCount(sum(({ changed }) => changed))} changed
      {failed > 0 ? <span className={styles.reason}>, {formatCount(failed)} set aside</span> : null}
    </>
  );
}

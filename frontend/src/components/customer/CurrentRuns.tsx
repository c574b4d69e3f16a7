import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { RunSummary } from '#backend/schemas/api.ts';
import { queries } from '../../queries.ts';
import { useCanEdit } from '../../session.ts';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { StatusBadge } from '../common/StatusBadge.tsx';
import { Time } from '../common/Time.tsx';
import { CancelDialog } from '../runs/RunDialogs.tsx';
import styles from '../runs/Runs.module.css';

/** The flows that a customer is in now. */
export function CurrentRuns({ contactId }: { contactId: string }) {
  const runs = useQuery(queries.currentRuns(contactId));
  const [stopping, stop] = useState<RunSummary | null>(null);
  const canEdit = useCanEdit();
  return (
    <>
      <QueryView query={runs} skeleton={<RowsSkeleton rows={2} height={20} />}>
        {(current) => {
          if (current.length === 0)
            return (
              <Text size="sm" c="dimmed">
                In no flow right now.
              </Text>
            );
          return (
            <ul className={styles.plain} aria-label="Flows that the customer is in">
              {current.map((run) => (
                <li key={run.id} className={styles.line}>
                  <span>
                    <Link to={`/runs/${run.id}`}>{run.flowName}</Link>{' '}
                    <span className={styles.soft}>
                      since <Time iso={run.startedAt} zone={run.timeZone} show="relative" />
                    </span>
                  </span>
                  {run.status === 'parked' ? <StatusBadge status="parked" /> : null}
                  {canEdit ? (
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      aria-label={`Stop ${run.flowName}`}
                      onClick={() => stop(run)}
                    >
                      Stop
                    </Button>
                  ) : null}
                </li>
              ))}
            </ul>
          );
        }}
      </QueryView>
      {stopping ? <CancelDialog run={stopping} onClose={() => stop(null)} /> : null}
    </>
  );
}

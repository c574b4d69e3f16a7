import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ConnectionSummary, ResourceSync } from '#backend/schemas/api.ts';
import { countOf, formatCount } from '../../money.ts';
import { useCanEdit } from '../../session.ts';
import list from '../common/list.module.css';
import { StatusBadge } from '../common/StatusBadge.tsx';
import { Time } from '../common/Time.tsx';
import { resourceWords } from '../integrations/resourceWords.ts';
import { failingPath, healthOf, heldWords, nextReadOf, refusalOf, scheduleWords } from './resourceHealth.ts';
import { ResourceMenu } from './ResourceMenu.tsx';
import { ScheduleDialog } from './ScheduleDialog.tsx';
import { SetAsideDialog } from './SetAsideDialog.tsx';
import styles from './syncs.module.css';

interface ResourcesTableProps {
  connection: ConnectionSummary;
  resources: readonly ResourceSync[];
}

/** Titles that each row says itself where there is no room for a head. */
const columns = { records: 'Records', complete: 'Last complete read', newest: 'Newest change' } as const;

type Dialog = { type: 'schedule' | 'setAside'; resource: string };

/** What is read of a tenant: how much there is, how fresh and how healthy it is, and when it is looked at next. */
export function ResourcesTable({ connection, resources }: ResourcesTableProps) {
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const shown = resources.find(({ resource }) => resource === dialog?.resource);
  const close = () => setDialog(null);
  const canEdit = useCanEdit();
  return (
    <>
      <div className={list.scroll} tabIndex={0} role="region" aria-label="What is read">
        <table role="table" className={`${list.table} ${list.fold}`}>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">
                Resource
              </th>
              <th role="columnheader" scope="col" className={list.number}>
                {columns.records}
              </th>
              <th role="columnheader" scope="col">
                Health
              </th>
              <th role="columnheader" scope="col">
                {columns.complete}
              </th>
              <th role="columnheader" scope="col">
                {columns.newest}
              </th>
              <th role="columnheader" scope="col">
                Schedule
              </th>
              {canEdit ? (
                <th role="columnheader" scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {resources.map((resource) => (
              <Row key={resource.resource} connection={connection} resource={resource} onOpen={setDialog} />
            ))}
          </tbody>
        </table>
      </div>
      {shown && dialog?.type === 'schedule' ? (
        <ScheduleDialog connectionId={connection.id} resource={shown} onClose={close} />
      ) : null}
      {shown && dialog?.type === 'setAside' ? (
        <SetAsideDialog
          connectionId={connection.id}
          resource={shown.resource}
          zone={connection.timeZone}
          onClose={close}
        />
      ) : null}
    </>
  );
}

interface RowProps {
  connection: ConnectionSummary;
  resource: ResourceSync;
  onOpen: (dialog: Dialog) => void;
}

function Row({ connection, resource, onOpen }: RowProps) {
  const canEdit = useCanEdit();
  const zone = connection.timeZone;
  const name = resource.resource;
  const complete = resource.paths
    .flatMap(({ completedAt }) => (completedAt ? [completedAt] : []))
    .toSorted()
    .at(-1);
  const next = nextReadOf(resource);
  return (
    <tr role="row">
      <td role="cell" className={`${list.nowrap} ${list.lead} ${styles.resource}`}>
        {resourceWords(name)}
      </td>
      <td role="cell" className={`${list.number} ${styles.fact}`}>
        <Label>{columns.records}</Label> {formatCount(resource.records)}
      </td>
      <td role="cell" className={`${list.line} ${styles.health}`}>
        <HealthCell
          resource={resource}
          zone={zone}
          onSetAside={() => onOpen({ type: 'setAside', resource: name })}
        />
      </td>
      <td role="cell" className={`${list.nowrap} ${styles.fact}`}>
        <Label>{columns.complete}</Label>{' '}
        {complete ? <Time iso={complete} zone={zone} show="relative" /> : 'not yet'}
      </td>
      <td role="cell" className={`${list.nowrap} ${styles.fact}`}>
        <Label>{columns.newest}</Label>{' '}
        {resource.lastModifiedOn ? <Time iso={resource.lastModifiedOn} zone={zone} show="relative" /> : '–'}
      </td>
      <td role="cell" className={`${list.nowrap} ${styles.fact}`}>
        {scheduleWords(resource.pollSeconds)}
        {next && resource.pausedAt === null ? (
          <span className={list.soft}>
            , next <Time iso={next} zone={zone} show="relative" />
          </span>
        ) : null}
      </td>
      {canEdit ? (
        <td role="cell" className={styles.actions}>
          <ResourceMenu
            connectionId={connection.id}
            resource={resource}
            onSchedule={() => onOpen({ type: 'schedule', resource: name })}
            onSetAside={() => onOpen({ type: 'setAside', resource: name })}
          />
        </td>
      ) : null}
    </tr>
  );
}

function Label({ children }: { children: string }) {
  return (
    <span className={list.label} aria-hidden>
      {children}
    </span>
  );
}

interface HealthCellProps {
  resource: ResourceSync;
  zone: string;
  onSetAside: () => void;
}

function HealthCell({ resource, zone, onSetAside }: HealthCellProps) {
  const failing = failingPath(resource);
  const refusal = refusalOf(resource);
  const held = heldWords(resource);
  const { pausedAt, pausedBy } = resource;
  return (
    <>
      <StatusBadge status={healthOf(resource)} />
      {resource.setAside > 0 ? (
        <Button variant="subtle" size="compact-xs" ml="xs" onClick={onSetAside}>
          {countOf(resource.setAside, 'record')} set aside…
        </Button>
      ) : null}
      {pausedAt ? (
        <div className={list.soft}>
          {pausedBy ? `by ${pausedBy}, ` : ''}
          <Time iso={pausedAt} zone={zone} show="relative" />
        </div>
      ) : null}
      {failing ? (
        <div className={styles.problem}>
          {countOf(failing.failures, 'failure')} in a row: {failing.lastError ?? 'unknown reason'}
        </div>
      ) : null}
      {refusal && !failing ? <div className={styles.problem}>{refusal}</div> : null}
      {held ? <div className={styles.held}>{held}</div> : null}
    </>
  );
}

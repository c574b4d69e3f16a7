import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { Link } from 'react-router';
import type { JourneyCard } from '#backend/schemas/api.ts';
import { formatMoney } from '../../money.ts';
import list from '../common/list.module.css';
import { StateBadge } from '../common/StateBadge.tsx';
import { Time } from '../common/Time.tsx';

interface CustomersTableProps {
  rows: JourneyCard[];
  pages: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}

const rowHeight = 38;

/** Thousands of journeys: only the rows in sight are drawn, and the next page is read near the end. */
export function CustomersTable({ rows, pages }: CustomersTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- matters to the React compiler only, which is not used
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const drawn = virtualizer.getVirtualItems();
  const lastDrawn = drawn.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  useEffect(() => {
    if (lastDrawn >= rows.length - 20 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [lastDrawn, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const above = drawn[0]?.start ?? 0;
  const below = virtualizer.getTotalSize() - (drawn.at(-1)?.end ?? 0);
  return (
    <div
      ref={scroller}
      style={{ overflow: 'auto', flex: 1 }}
      tabIndex={0}
      role="region"
      aria-label="Customers"
    >
      <table className={list.table}>
        <thead>
          <tr>
            <th scope="col">Customer</th>
            <th scope="col">State</th>
            <th scope="col">In it since</th>
            <th scope="col">Appointment</th>
            <th scope="col">Job</th>
            <th scope="col" className={list.number}>
              Open
            </th>
            <th scope="col" className={list.number}>
              Sold
            </th>
            <th scope="col">Connection</th>
          </tr>
        </thead>
        <tbody>
          {above > 0 ? <Gap height={above} /> : null}
          {drawn.map(({ index }) => {
            const row = rows[index];
            return row ? <CustomerRow key={row.id} row={row} /> : null;
          })}
          {below > 0 ? <Gap height={below} /> : null}
        </tbody>
      </table>
    </div>
  );
}

function Gap({ height }: { height: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={8} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

function CustomerRow({ row }: { row: JourneyCard }) {
  const { contactId, customerName, timeZone } = row;
  return (
    <tr style={{ height: rowHeight }}>
      <td className={list.nowrap}>
        {contactId ? (
          <Link className={list.main} to={`/customers/${contactId}`}>
            {customerName}
          </Link>
        ) : (
          customerName
        )}
      </td>
      <td className={list.nowrap}>
        <StateBadge state={row.state} />
      </td>
      <td className={list.nowrap}>
        <Time iso={row.stateChangedAt} zone={timeZone} show="relative" />
      </td>
      <td className={list.nowrap}>
        {row.appointmentStart ? (
          <Time iso={row.appointmentStart} zone={timeZone} />
        ) : (
          <span className={list.soft}>–</span>
        )}
      </td>
      <td className={list.nowrap}>{row.jobNumber ?? <span className={list.soft}>–</span>}</td>
      <td className={list.number}>{row.openTotal > 0 ? formatMoney(row.openTotal) : ''}</td>
      <td className={list.number}>{row.soldTotal > 0 ? formatMoney(row.soldTotal) : ''}</td>
      <td className={list.nowrap}>{row.connectionName}</td>
    </tr>
  );
}

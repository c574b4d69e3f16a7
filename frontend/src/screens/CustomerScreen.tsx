import { Paper, SegmentedControl, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import type { TimelineItem, TimelineReply } from '#backend/schemas/api.ts';
import { BackLink } from '../components/common/BackLink.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { RowsSkeleton } from '../components/common/RowsSkeleton.tsx';
import { useUrlFilter } from '../components/common/useUrlFilter.ts';
import { ContactHeader } from '../components/customer/ContactHeader.tsx';
import { CustomerFlows } from '../components/customer/CustomerFlows.tsx';
import { JourneyPanel } from '../components/customer/JourneyPanel.tsx';
import { SetStateDialog } from '../components/customer/SetStateDialog.tsx';
import { Timeline } from '../components/customer/Timeline.tsx';
import { queries } from '../queries.ts';
import styles from './CustomerScreen.module.css';

/** What happened with one customer, what is next, and why. */
export function CustomerScreen() {
  const { contactId = '' } = useParams();
  const timeline = useQuery(queries.timeline(contactId));
  const contact = timeline.data?.contact;
  return (
    <Page
      title={contact?.name ?? 'Customer'}
      before={<BackLink to="/customers/board" label="Back to the board" />}
      description={
        contact ? <ContactHeader contact={contact} /> : <Skeleton height={16} width={280} mt={4} />
      }
    >
      <QueryView
        query={timeline}
        skeleton={
          <div className={styles.columns}>
            <Skeleton height={260} radius="lg" />
            <Paper>
              <RowsSkeleton rows={9} height={36} />
            </Paper>
          </div>
        }
      >
        {(data) => <Columns contactId={contactId} data={data} />}
      </QueryView>
    </Page>
  );
}

const filters = {
  all: 'Everything',
  record: 'ServiceTitan',
  state: 'States',
  run: 'Flows',
  message: 'E-mails',
} as const;

function passes(item: TimelineItem, filter: string): boolean {
  if (filter === 'state') return item.type === 'transition' || item.type === 'override';
  return filter === '' || filter === 'all' || item.type === filter;
}

function Columns({ contactId, data }: { contactId: string; data: TimelineReply }) {
  const [filter, setFilter] = useUrlFilter('show');
  const [settingId, setSettingId] = useState<string | null>(null);
  const setting = data.journeys.find(({ id }) => id === settingId);
  return (
    <div className={styles.columns}>
      <div className={styles.journeys}>
        {data.journeys.map((journey) => (
          <JourneyPanel key={journey.id} journey={journey} onSetState={() => setSettingId(journey.id)} />
        ))}
        <CustomerFlows contactId={contactId} journeys={data.journeys} />
      </div>
      <Paper component="section" aria-label="Timeline" className={styles.timeline}>
        <header className={styles.head}>
          <h2>Timeline</h2>
          <div className={styles.filters}>
            <SegmentedControl
              size="xs"
              aria-label="What the timeline shows"
              data={Object.entries(filters).map(([value, label]) => ({ value, label }))}
              value={filter || 'all'}
              onChange={(value) => setFilter(value === 'all' ? null : value)}
            />
          </div>
        </header>
        <Timeline
          contactId={contactId}
          items={data.items.filter((item) => passes(item, filter))}
          zone={data.contact.timeZone}
        />
      </Paper>
      {setting ? (
        <SetStateDialog contactId={contactId} journey={setting} onClose={() => setSettingId(null)} />
      ) : null}
    </div>
  );
}

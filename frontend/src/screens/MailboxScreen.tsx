import { Paper } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { EmptyState } from '../components/common/EmptyState.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { RowsSkeleton } from '../components/common/RowsSkeleton.tsx';
import { SearchFilter } from '../components/common/SearchFilter.tsx';
import { useUrlFilter } from '../components/common/useUrlFilter.ts';
import { MailList } from '../components/mailbox/MailList.tsx';
import { ReadingPane } from '../components/mailbox/ReadingPane.tsx';
import styles from '../components/mailbox/Mailbox.module.css';
import { countOf } from '../money.ts';
import { queries } from '../queries.ts';

/** What the local mail server was given: nothing here went out into the world. */
export function MailboxScreen() {
  const [search] = useUrlFilter('search');
  const [mailId, setMailId] = useUrlFilter('mail');
  const mailbox = useQuery(queries.mailbox(search));
  return (
    <Page
      full
      title="Mailbox"
      description={
        mailbox.data
          ? `${countOf(mailbox.data.mails.length, 'e-mail')} caught by the local mail server; none left this machine.`
          : 'Loading…'
      }
      actions={<SearchFilter label="Search the mailbox" />}
    >
      <div className={styles.columns} data-reading={mailId !== ''}>
        <Paper component="section" aria-label="E-mails" className={styles.list}>
          <QueryView query={mailbox} skeleton={<RowsSkeleton rows={9} height={52} />}>
            {({ mails }) => {
              if (mails.length > 0)
                return <MailList mails={mails} selectedId={mailId} onSelect={setMailId} />;
              return search ? (
                <EmptyState title="No e-mail matches">Change the search.</EmptyState>
              ) : (
                <EmptyState title="No e-mails yet">
                  Book a sales appointment in the sandbox: its e-mail arrives here within seconds.
                </EmptyState>
              );
            }}
          </QueryView>
        </Paper>
        <Paper component="section" aria-label="E-mail" className={styles.pane}>
          {mailId ? (
            <ReadingPane mailId={mailId} onClose={() => setMailId(null)} />
          ) : (
            <EmptyState title="Nothing selected">Choose an e-mail to read it.</EmptyState>
          )}
        </Paper>
      </div>
    </Page>
  );
}

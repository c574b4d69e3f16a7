import { Paper, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ConnectionReply } from '#backend/schemas/api.ts';
import type { StateSettingsReply } from '#backend/schemas/stateSettings.ts';
import { queries } from '../../queries.ts';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { DraftedChanges } from './DraftedChanges.tsx';
import { ReviewList } from './ReviewList.tsx';
import { SettingsTabs } from './SettingsTabs.tsx';
import styles from './StateSettings.module.css';
import { useSettingsDraft } from './useSettingsDraft.ts';

interface StateSettingsSectionProps {
  connection: ConnectionReply['connection'];
  readOnly: boolean;
}

/** What the jobs of a tenant mean: reviewed, changed after a preview, undone. */
export function StateSettingsSection({ connection, readOnly }: StateSettingsSectionProps) {
  const query = useQuery(queries.stateSettings(connection.id));
  return (
    <Paper component="section" aria-label="What jobs mean" style={{ overflow: 'hidden' }}>
      <div className={styles.tools}>
        <div>
          <Title order={2} size="md">
            What jobs mean
          </Title>
          <Text size="sm" c="dimmed">
            The states of all customers hang on it. A job’s type says what it is; where that says nothing, its
            business unit, then its tags. A change is previewed first, and can be undone.
          </Text>
        </div>
      </div>
      <QueryView query={query} skeleton={<RowsSkeleton rows={5} height={30} />}>
        {(reply) => <Editor connection={connection} reply={reply} readOnly={readOnly} />}
      </QueryView>
    </Paper>
  );
}

function Editor({ connection, reply, readOnly }: StateSettingsSectionProps & { reply: StateSettingsReply }) {
  const { settings, subjects, review } = reply;
  const drafted = useSettingsDraft(connection.id, settings);
  const fields = {
    settings,
    draft: drafted.draft,
    zone: connection.timeZone,
    readOnly,
    onChange: drafted.setDraft,
  };
  return (
    <>
      <ReviewList review={review} {...fields} />
      <SettingsTabs subjects={subjects} {...fields} />
      <DraftedChanges
        path={`/connections/${connection.id}/state-settings`}
        settings={settings}
        drafted={drafted}
        subjects={subjects}
        zone={connection.timeZone}
        readOnly={readOnly}
      />
    </>
  );
}

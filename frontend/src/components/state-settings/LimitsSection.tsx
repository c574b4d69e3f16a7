import { Paper, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { WorkspaceLimits } from '#backend/schemas/stateSettings.ts';
import { queries } from '../../queries.ts';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { DraftedChanges } from './DraftedChanges.tsx';
import { DraftNumber } from './DraftNumber.tsx';
import { withMember } from './settingsDraft.ts';
import styles from './StateSettings.module.css';
import { useSettingsDraft } from './useSettingsDraft.ts';

interface LimitsSectionProps {
  zone: string;
  readOnly: boolean;
}

/** After how many days states are reset, in all connections: changed after a preview, undone. */
export function LimitsSection({ zone, readOnly }: LimitsSectionProps) {
  const query = useQuery(queries.workspaceSettings());
  return (
    <Paper component="section" aria-label="Resets" style={{ overflow: 'hidden' }}>
      <div className={styles.tools}>
        <div>
          <Title order={2} size="md">
            Resets
          </Title>
          <Text size="sm" c="dimmed">
            After how long a customer returns to Contact. Holds for every connection; a change is previewed
            first.
          </Text>
        </div>
      </div>
      <QueryView query={query} skeleton={<RowsSkeleton rows={2} height={56} />}>
        {({ settings }) => <LimitsEditor settings={settings} zone={zone} readOnly={readOnly} />}
      </QueryView>
    </Paper>
  );
}

const fields = [
  {
    name: 'completedResetDays',
    label: 'Days in Install complete',
    description: 'Counted from the completion of the last install.',
  },
  {
    name: 'staleResetDays',
    label: 'Days in any other state',
    description: 'Counted from when it happened. An appointment that lies ahead holds it off.',
  },
] as const;

function LimitsEditor({ settings, zone, readOnly }: LimitsSectionProps & { settings: WorkspaceLimits }) {
  const drafted = useSettingsDraft('workspace', settings);
  const { draft, setDraft } = drafted;
  return (
    <>
      <div className={styles.fields}>
        {fields.map(({ name, label, description }) => (
          <DraftNumber
            key={name}
            label={label}
            description={description}
            suffix=" days"
            allowDecimal={false}
            min={1}
            max={36_500}
            readOnly={readOnly}
            value={draft[name] ?? settings[name]}
            onDraft={(value) =>
              setDraft(withMember(draft, name, value === settings[name] ? undefined : value))
            }
          />
        ))}
      </div>
      <DraftedChanges
        path="/workspace/state-settings"
        settings={settings}
        drafted={drafted}
        subjects={[]}
        zone={zone}
        readOnly={readOnly}
      />
    </>
  );
}

import { Button, NumberInput, Paper, Text, Title } from '@mantine/core';
import { useSessionStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { WorkspaceLimits } from '#backend/schemas/stateSettings.ts';
import type { SettingsDraft } from '../../api.ts';
import { countOf } from '../../money.ts';
import { queries } from '../../queries.ts';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { ChangesList } from './ChangesList.tsx';
import { PreviewPanel } from './PreviewPanel.tsx';
import { changesOf, countChanges, withMember } from './settingsDraft.ts';
import styles from './StateSettings.module.css';
import { useSettingsWork } from './useSettingsWork.ts';

const path = '/workspace/state-settings';

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
  const [draft, setDraft, clearDraft] = useSessionStorage<SettingsDraft>({
    key: 'settings-draft:workspace',
    defaultValue: {},
    getInitialValueInEffect: false,
  });
  const preview = useQuery(queries.settingsPreview(path)).data?.preview ?? null;
  const changes = useQuery(queries.settingsChanges(path)).data;
  const work = useSettingsWork({
    path,
    changesOf: ({ differences }) => changesOf(differences, settings),
    onApplied: clearDraft,
  });
  const count = countChanges(settings, draft);
  return (
    <>
      <div className={styles.fields}>
        {fields.map(({ name, label, description }) => (
          <NumberInput
            key={name}
            label={label}
            description={description}
            suffix=" days"
            allowDecimal={false}
            min={1}
            max={36_500}
            disabled={readOnly}
            value={draft[name] ?? settings[name]}
            onChange={(value) => {
              const isUnchanged = typeof value !== 'number' || value < 1 || value === settings[name];
              setDraft(withMember(draft, name, isUnchanged ? undefined : value));
            }}
          />
        ))}
      </div>
      {readOnly ? null : (
        <div className={styles.foot}>
          <Text size="sm" c="dimmed" role="status">
            {count === 0 ? 'Nothing is changed yet.' : `${countOf(count, 'change')}, not applied yet.`}
          </Text>
          {work.error && !preview ? (
            <Text size="sm" c="var(--chou-bad)" role="alert">
              {work.error.message}
            </Text>
          ) : null}
          <Button variant="default" size="xs" disabled={count === 0} onClick={clearDraft}>
            Discard
          </Button>
          <Button
            size="xs"
            disabled={count === 0}
            loading={work.isStarting}
            onClick={() => work.preview(draft)}
          >
            Preview
          </Button>
        </div>
      )}
      {preview ? (
        <PreviewPanel
          key={preview.id}
          preview={preview}
          work={work}
          subjects={[]}
          zone={zone}
          readOnly={readOnly}
        />
      ) : null}
      {changes ? (
        <ChangesList
          reply={changes}
          subjects={[]}
          zone={zone}
          readOnly={readOnly}
          isBusy={work.isStarting}
          onUndo={work.previewUndo}
        />
      ) : null}
    </>
  );
}

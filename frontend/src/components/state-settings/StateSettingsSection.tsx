import { Button, Checkbox, Paper, Tabs, Text, Title } from '@mantine/core';
import { useSessionStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { ConnectionReply } from '#backend/schemas/api.ts';
import type { StateSettingsReply } from '#backend/schemas/stateSettings.ts';
import type { SettingsDraft, SettingsPath } from '../../api.ts';
import { countOf } from '../../money.ts';
import { queries } from '../../queries.ts';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { useUrlFilter } from '../common/useUrlFilter.ts';
import { ChangesList } from './ChangesList.tsx';
import { KindChoice } from './KindChoice.tsx';
import { PreviewPanel } from './PreviewPanel.tsx';
import { ReviewList } from './ReviewList.tsx';
import { RuleFields } from './RuleFields.tsx';
import {
  changesOf,
  chooseKind,
  countChanges,
  draftedKind,
  kindsOf,
  withMember,
  type Classifiable,
} from './settingsDraft.ts';
import { subjectName, type Subject } from './settingWords.ts';
import styles from './StateSettings.module.css';
import { SubjectList } from './SubjectList.tsx';
import { useSettingsWork } from './useSettingsWork.ts';

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

const tabs = [
  { value: 'job_type', title: 'Job types', words: 'job types' },
  { value: 'business_unit', title: 'Business units', words: 'business units' },
  { value: 'tag', title: 'Tags', words: 'tags' },
] as const satisfies readonly { value: Classifiable; title: string; words: string }[];

function Editor({ connection, reply, readOnly }: StateSettingsSectionProps & { reply: StateSettingsReply }) {
  const { settings, subjects, review } = reply;
  const path: SettingsPath = `/connections/${connection.id}/state-settings`;
  const zone = connection.timeZone;
  const [draft, setDraft, clearDraft] = useSessionStorage<SettingsDraft>({
    key: `settings-draft:${connection.id}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  });
  const [tab, setTab] = useUrlFilter('meaning');
  const preview = useQuery(queries.settingsPreview(path)).data?.preview ?? null;
  const changes = useQuery(queries.settingsChanges(path)).data;
  const work = useSettingsWork({
    path,
    changesOf: ({ differences }) => changesOf(differences, settings),
    onApplied: clearDraft,
  });
  const count = countChanges(settings, draft);
  const of = (subject: Subject['subject']) => subjects.filter((each) => each.subject === subject);
  const reasons = draft.clericalReasonIds ?? settings.clericalReasonIds;
  const choose = (subject: Classifiable, each: Subject) => (
    <KindChoice
      name={subjectName(each)}
      kind={draftedKind(settings, draft, { subject, id: each.id })}
      readOnly={readOnly}
      onChange={(kind) => setDraft(chooseKind(settings, draft, { subject, id: each.id, kind }))}
    />
  );
  return (
    <>
      <ReviewList
        review={review}
        settings={settings}
        draft={draft}
        zone={zone}
        readOnly={readOnly}
        onChange={setDraft}
      />
      <Tabs value={tab || 'job_type'} onChange={setTab} keepMounted={false}>
        <Tabs.List>
          {tabs.map(({ value, title }) => (
            <Tabs.Tab key={value} value={value}>
              {title}
            </Tabs.Tab>
          ))}
          <Tabs.Tab value="cancel_reason">Cancel reasons</Tabs.Tab>
          <Tabs.Tab value="rules">Limits</Tabs.Tab>
        </Tabs.List>
        {tabs.map(({ value, words }) => (
          <Tabs.Panel key={value} value={value}>
            <SubjectList
              words={words}
              counted="job"
              subjects={of(value)}
              isChanged={({ id }) => draft[kindsOf[value]]?.[id] !== undefined}
              control={(each) => choose(value, each)}
            />
          </Tabs.Panel>
        ))}
        <Tabs.Panel value="cancel_reason">
          <SubjectList
            words="cancel reasons"
            counted="cancellation"
            subjects={of('cancel_reason')}
            isChanged={({ id }) => reasons.includes(id) !== settings.clericalReasonIds.includes(id)}
            control={(each) => (
              <Checkbox
                size="xs"
                label="The job never was one: a duplicate, a test, a mistake"
                aria-label={`“${subjectName(each)}” says that the job never was one`}
                disabled={readOnly}
                checked={reasons.includes(each.id)}
                onChange={(event) => {
                  const rest = reasons.filter((id) => id !== each.id);
                  const next = event.currentTarget.checked ? [...rest, each.id] : rest;
                  const isStored = countChanges(settings, { clericalReasonIds: next }) === 0;
                  setDraft(withMember(draft, 'clericalReasonIds', isStored ? undefined : next));
                }}
              />
            )}
          />
        </Tabs.Panel>
        <Tabs.Panel value="rules">
          <RuleFields settings={settings} draft={draft} zone={zone} readOnly={readOnly} onChange={setDraft} />
        </Tabs.Panel>
      </Tabs>
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
          // The form below a preview belongs to this one only.
          key={preview.id}
          preview={preview}
          work={work}
          subjects={subjects}
          zone={zone}
          readOnly={readOnly}
        />
      ) : null}
      {changes ? (
        <ChangesList
          reply={changes}
          subjects={subjects}
          zone={zone}
          readOnly={readOnly}
          isBusy={work.isStarting}
          onUndo={work.previewUndo}
        />
      ) : null}
    </>
  );
}

import { Tabs } from '@mantine/core';
import type { ConnectionSettings } from '#backend/schemas/stateSettings.ts';
import type { SettingsDraft } from '../../api.ts';
import { useUrlFilter } from '../common/useUrlFilter.ts';
import { KindChoice } from './KindChoice.tsx';
import { ReasonChoice } from './ReasonChoice.tsx';
import { RuleFields } from './RuleFields.tsx';
import { chooseKind, draftedKind, kindsOf, type Classifiable } from './settingsDraft.ts';
import { subjectName, type Subject } from './settingWords.ts';
import { SubjectList } from './SubjectList.tsx';

interface SettingsTabsProps {
  subjects: readonly Subject[];
  settings: ConnectionSettings;
  draft: SettingsDraft;
  zone: string;
  readOnly: boolean;
  onChange: (draft: SettingsDraft) => void;
}

const kinds = [
  { value: 'job_type', title: 'Job types', words: 'job types' },
  { value: 'business_unit', title: 'Business units', words: 'business units' },
  { value: 'tag', title: 'Tags', words: 'tags' },
] as const satisfies readonly { value: Classifiable; title: string; words: string }[];
const tabs = [
  ...kinds,
  { value: 'cancel_reason', title: 'Cancel reasons' },
  { value: 'rules', title: 'Limits' },
];

/** Everything that a tenant's states hang on beside its records, a tab each. */
export function SettingsTabs({ subjects, zone, ...fields }: SettingsTabsProps) {
  const { settings, draft } = fields;
  const [asked, setTab] = useUrlFilter('meaning');
  const of = (subject: Subject['subject']) => subjects.filter((each) => each.subject === subject);
  const reasons = draft.clericalReasonIds ?? settings.clericalReasonIds;
  return (
    <Tabs
      value={tabs.some(({ value }) => value === asked) ? asked : 'job_type'}
      onChange={setTab}
      keepMounted={false}
    >
      <Tabs.List>
        {tabs.map(({ value, title }) => (
          <Tabs.Tab key={value} value={value}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {kinds.map(({ value, words }) => (
        <Tabs.Panel key={value} value={value}>
          <SubjectList
            words={words}
            counted="job"
            subjects={of(value)}
            isChanged={({ id }) => draft[kindsOf[value]]?.[id] !== undefined}
            control={(each) => <SubjectKind classifies={value} subject={each} {...fields} />}
          />
        </Tabs.Panel>
      ))}
      <Tabs.Panel value="cancel_reason">
        <SubjectList
          words="cancel reasons"
          counted="cancellation"
          subjects={of('cancel_reason')}
          isChanged={({ id }) => reasons.includes(id) !== settings.clericalReasonIds.includes(id)}
          control={(each) => <ReasonChoice reason={each} {...fields} />}
        />
      </Tabs.Panel>
      <Tabs.Panel value="rules">
        <RuleFields zone={zone} {...fields} />
      </Tabs.Panel>
    </Tabs>
  );
}

interface SubjectKindProps extends Omit<SettingsTabsProps, 'subjects' | 'zone'> {
  classifies: Classifiable;
  subject: Subject;
}

function SubjectKind({ classifies, subject, settings, draft, readOnly, onChange }: SubjectKindProps) {
  const place = { subject: classifies, id: subject.id };
  return (
    <KindChoice
      name={subjectName(subject)}
      kind={draftedKind(settings, draft, place)}
      readOnly={readOnly}
      onChange={(kind) => onChange(chooseKind(settings, draft, { ...place, kind }))}
    />
  );
}

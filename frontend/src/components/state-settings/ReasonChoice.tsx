import { Checkbox, Text } from '@mantine/core';
import type { ConnectionSettings } from '#backend/schemas/stateSettings.ts';
import type { SettingsDraft } from '../../api.ts';
import { countChanges, withMember } from './settingsDraft.ts';
import { subjectName, type Subject } from './settingWords.ts';

interface ReasonChoiceProps {
  reason: Subject;
  settings: ConnectionSettings;
  draft: SettingsDraft;
  readOnly: boolean;
  onChange: (draft: SettingsDraft) => void;
}

/** Whether a cancel reason says that the job never was one. */
export function ReasonChoice({ reason, settings, draft, readOnly, onChange }: ReasonChoiceProps) {
  const reasons = draft.clericalReasonIds ?? settings.clericalReasonIds;
  const isClerical = reasons.includes(reason.id);
  if (readOnly) return <Text size="xs">{isClerical ? 'The job never was one' : 'A real cancellation'}</Text>;
  return (
    <Checkbox
      size="xs"
      label="The job never was one: a duplicate, a test, a mistake"
      aria-label={`“${subjectName(reason)}” says that the job never was one`}
      checked={isClerical}
      onChange={(event) => {
        const rest = reasons.filter((id) => id !== reason.id);
        const next = event.currentTarget.checked ? [...rest, reason.id] : rest;
        const isStored = countChanges(settings, { clericalReasonIds: next }) === 0;
        onChange(withMember(draft, 'clericalReasonIds', isStored ? undefined : next));
      }}
    />
  );
}

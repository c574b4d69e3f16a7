import { Text } from '@mantine/core';
import type { ConnectionSettings } from '#backend/schemas/stateSettings.ts';
import type { SettingsDraft } from '../../api.ts';
import { DraftNumber } from './DraftNumber.tsx';
import { LiveFromField } from './LiveFromField.tsx';
import { withMember } from './settingsDraft.ts';
import styles from './StateSettings.module.css';
import { wallTime } from './zonedTime.ts';

interface RuleFieldsProps {
  settings: ConnectionSettings;
  draft: SettingsDraft;
  zone: string;
  readOnly: boolean;
  onChange: (draft: SettingsDraft) => void;
}

/** From which total on an estimate on other jobs counts, and from when on news mails anybody. */
export function RuleFields({ settings, draft, zone, readOnly, onChange }: RuleFieldsProps) {
  const liveFrom = draft.liveFrom ?? settings.liveFrom;
  const isEarlier = new Date(liveFrom) < new Date(settings.liveFrom);
  return (
    <div className={styles.fields}>
      <DraftNumber
        label="Smallest estimate on other jobs"
        description="On jobs that are neither sales visits nor installs, a smaller estimate is a repair and no opportunity. It counts from this total on, tax included."
        prefix="$"
        thousandSeparator=","
        decimalScale={2}
        min={0}
        max={1_000_000_000}
        readOnly={readOnly}
        value={draft.otherEstimateMinimum ?? settings.otherEstimateMinimum}
        onDraft={(value) => {
          const isUnchanged = value === settings.otherEstimateMinimum;
          onChange(withMember(draft, 'otherEstimateMinimum', isUnchanged ? undefined : value));
        }}
      />
      <LiveFromField
        value={liveFrom}
        zone={zone}
        readOnly={readOnly}
        onDraft={(moment) => {
          const isUnchanged = wallTime(moment, zone) === wallTime(settings.liveFrom, zone);
          onChange(withMember(draft, 'liveFrom', isUnchanged ? undefined : moment));
        }}
      />
      {draft.liveFrom ? (
        <Text size="sm" c="var(--chou-warn)" role="status">
          {isEarlier
            ? 'Earlier: customers who move from now on may be mailed about things that happened between the new moment and the old one, unless they are too old for the flow.'
            : 'Later: whoever enters a state by something that happened before the new moment is mailed nothing.'}
        </Text>
      ) : null}
    </div>
  );
}

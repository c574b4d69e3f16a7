import { Checkbox, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { PreviewResult, SettingsPreview } from '#backend/schemas/stateSettings.ts';
import { countOf } from '../../money.ts';
import { BusyButton } from '../common/BusyButton.tsx';
import type { SettingsWork } from './useSettingsWork.ts';

interface ApplyFormProps {
  preview: SettingsPreview;
  result: PreviewResult;
  work: SettingsWork;
}

/** Makes what was previewed so, after saying how many it touches; flows start only when asked to. */
export function ApplyForm({ preview, result, work }: ApplyFormProps) {
  const [startFlows, setStartFlows] = useState(false);
  const [note, setNote] = useState('');
  const starting = result.flows.reduce((sum, flow) => sum + flow.starting, 0);
  const withoutEmail = result.flows.reduce((sum, flow) => sum + flow.startingWithoutEmail, 0);
  if (preview.undoes) {
    return (
      <Stack gap="sm" align="flex-start">
        <Text size="sm">Undoing starts no flow. Runs that the change ended go on where they were.</Text>
        <BusyButton isBusy={work.isApplying} isOff={work.isBusy} onClick={() => work.undo(preview)}>
          {result.moving === 0 ? 'Undo' : `Undo, moving ${countOf(result.moving, 'journey')}`}
        </BusyButton>
      </Stack>
    );
  }
  return (
    <Stack gap="sm" align="flex-start">
      <TextInput
        label="Note"
        description="Why, for whoever reads the list of changes."
        maxLength={500}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        w="100%"
        maw={420}
      />
      <Checkbox
        label="Start flows for the journeys that move"
        description={
          starting === 0
            ? 'None would start.'
            : `${countOf(starting, 'run')} would start${withoutEmail > 0 ? `, ${withoutEmail} of them for people without an e-mail address` : ''}. Otherwise nobody is mailed because of this change.`
        }
        disabled={starting === 0}
        checked={startFlows}
        onChange={(event) => setStartFlows(event.currentTarget.checked)}
      />
      <BusyButton
        isBusy={work.isApplying}
        isOff={work.isBusy}
        onClick={() => work.apply({ previewId: preview.id, startFlows, note: note.trim() })}
      >
        {result.moving === 0 ? 'Apply' : `Apply, moving ${countOf(result.moving, 'journey')}`}
      </BusyButton>
    </Stack>
  );
}

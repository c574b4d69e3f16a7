import { Paper, Select, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { WorkspaceReply } from '#backend/schemas/api.ts';
import { api, ApiError } from '../../api.ts';
import { queries } from '../../queries.ts';
import { BusyButton } from '../common/BusyButton.tsx';
import { notifyDone } from '../common/notify.tsx';
import styles from './StateSettings.module.css';

const timeZones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

const fields = [
  { name: 'name', label: 'Workspace', description: 'Your company, as it is called in e-mails and here.' },
  { name: 'senderName', label: 'Sender', description: 'Whom e-mails come from.' },
  { name: 'senderEmail', label: 'Sender’s address', description: 'Answers of customers go there.' },
  { name: 'phone', label: 'Phone', description: 'Under every e-mail.' },
  { name: 'website', label: 'Website', description: null },
  {
    name: 'reviewUrl',
    label: 'Page for reviews',
    description: 'Where happy customers are asked to write one.',
  },
] as const;

/** Who the workspace is to the people it mails. */
export function WorkspaceForm({ workspace, readOnly }: { workspace: WorkspaceReply; readOnly: boolean }) {
  const [draft, setDraft] = useState<Partial<WorkspaceReply>>({});
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: () => api.saveWorkspace(draft),
    onSuccess: async (reply) => {
      queryClient.setQueryData(queries.workspace().queryKey, reply);
      setDraft({});
      notifyDone('The workspace is saved.');
      await queryClient.invalidateQueries({ queryKey: queries.session().queryKey });
    },
  });
  const issues = save.error instanceof ApiError ? save.error.issues : [];
  const issueOf = (field: string) => issues.find((issue) => issue.field === field)?.message;
  const values = { ...workspace, ...draft };
  const change = (field: keyof WorkspaceReply, value: string) => {
    save.reset();
    setDraft({ ...draft, [field]: value });
  };
  const isChanged = Object.entries(draft).some(
    ([field, value]) => Object.entries(workspace).find(([name]) => name === field)?.[1] !== value,
  );
  return (
    <Paper component="section" aria-label="Sender" style={{ overflow: 'hidden' }}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <div className={styles.tools}>
          <Title order={2} size="md">
            Who e-mails come from
          </Title>
        </div>
        <div className={styles.fields}>
          {fields.map(({ name, label, description }) => (
            <TextInput
              key={name}
              label={label}
              description={description}
              readOnly={readOnly}
              value={values[name] ?? ''}
              onChange={(event) => change(name, event.currentTarget.value)}
              error={issueOf(name)}
            />
          ))}
          <Textarea
            label="Postal address"
            description="Marketing e-mails must carry it; without one none is sent."
            autosize
            minRows={2}
            readOnly={readOnly}
            value={values.postalAddress ?? ''}
            onChange={(event) => change('postalAddress', event.currentTarget.value)}
            error={issueOf('postalAddress')}
          />
          <Select
            label="Time zone"
            data={timeZones}
            searchable
            limit={40}
            allowDeselect={false}
            readOnly={readOnly}
            value={values.timeZone ?? null}
            onChange={(zone) => {
              if (zone !== null) change('timeZone', zone);
            }}
            error={issueOf('timeZone')}
          />
        </div>
        {readOnly ? null : (
          <div className={styles.foot}>
            <Text size="sm" c="var(--chou-bad)" role="alert">
              {save.error && issues.length === 0 ? save.error.message : ''}
            </Text>
            <BusyButton type="submit" size="xs" isBusy={save.isPending} isOff={!isChanged}>
              Save
            </BusyButton>
          </div>
        )}
      </form>
    </Paper>
  );
}

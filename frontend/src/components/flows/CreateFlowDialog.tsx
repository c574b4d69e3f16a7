import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api, ApiError } from '../../api.ts';
import { Dialog } from '../common/Dialog.tsx';

export function CreateFlowDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () => api.createFlow(name.trim()),
    onSuccess: ({ flow }) => navigate(`/flows/${flow.id}`),
  });
  const issue =
    create.error instanceof ApiError ? create.error.issues.find(({ field }) => field === 'name') : undefined;
  return (
    <Dialog onClose={onClose} title="New flow">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Stack>
          <TextInput
            label="Name"
            placeholder="Thank-you after the install"
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={create.error ? (issue?.message ?? create.error.message) : undefined}
          />
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
              Create flow
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

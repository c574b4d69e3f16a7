import { Alert, Button, FileInput, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { ImportPreviewReply, ReferenceMapping } from '#backend/schemas/flowApi.ts';
import { api, ApiError } from '../../api.ts';
import { countOf } from '../../money.ts';
import { Dialog } from '../common/Dialog.tsx';
import { notifyDone } from '../common/notify.tsx';
import { MappingFields } from './MappingFields.tsx';

const largest = 5_000_000;

async function readFlowFile(file: File): Promise<unknown> {
  if (file.size > largest) throw new Error('The file is larger than 5 MB: it is no exported flow.');
  try {
    const value: unknown = JSON.parse(await file.text());
    return value;
  } catch {
    throw new Error('The file cannot be read. Choose one that was exported from a flow (….flow.json).');
  }
}

function suggested({ missing }: ImportPreviewReply): ReferenceMapping {
  return Object.fromEntries(missing.map(({ key, suggestion }) => [key, suggestion?.id ?? null]));
}

/** Takes a flow over from a file, in two steps: what it is and lacks here, then as a draft. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const [mapping, setMapping] = useState<ReferenceMapping>({});
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const preview = useMutation({
    mutationFn: async (given: File) => {
      const file = await readFlowFile(given);
      return { file, reply: await api.previewImport(file) };
    },
    onSuccess: ({ reply }) => setMapping(suggested(reply)),
  });
  const take = useMutation({
    mutationFn: (file: unknown) => api.importFlow({ file, mapping }),
    onSuccess: async ({ flow }) => {
      notifyDone(`${flow.name} is imported as a draft.`);
      await queryClient.invalidateQueries({ queryKey: ['flows'] });
      await navigate(`/flows/${flow.id}`);
    },
  });
  const error = preview.error ?? take.error;
  const issues = error instanceof ApiError ? error.issues : [];
  const read = preview.data;
  return (
    <Dialog onClose={onClose} title="Import a flow" size="lg">
      <Stack>
        <FileInput
          label="File"
          description="A flow that was exported here or in another workspace."
          placeholder="Choose a .flow.json file"
          accept="application/json,.json"
          onChange={(file) => {
            take.reset();
            if (file) preview.mutate(file);
            else preview.reset();
          }}
          clearable
          clearButtonProps={{ 'aria-label': 'Choose no file' }}
          data-autofocus
        />
        {error ? (
          <Alert color="red" title="It cannot be imported" role="alert">
            {error.message}
            {issues.length > 0 ? (
              <ul>
                {issues.slice(0, 8).map(({ field, message }) => (
                  <li key={`${field} ${message}`}>
                    {field}: {message}
                  </li>
                ))}
              </ul>
            ) : null}
          </Alert>
        ) : null}
        {read ? (
          <>
            <Text size="sm">
              <strong>{read.reply.name}</strong>, {countOf(read.reply.graph.nodes.length, 'step')}.{' '}
              {read.reply.description}
            </Text>
            <MappingFields missing={read.reply.missing} mapping={mapping} onChange={setMapping} />
            {read.reply.leftOut.length > 0 ? (
              <Text size="sm">
                {countOf(read.reply.leftOut.length, 'secret was', 'secrets were')} left out of the file: enter
                them anew.
              </Text>
            ) : null}
            {read.reply.problems.length > 0 ? (
              <Text size="sm" c="dimmed">
                {countOf(read.reply.problems.length, 'thing')} to look at before publishing; the builder lists
                them.
              </Text>
            ) : null}
          </>
        ) : null}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            disabled={!read}
            loading={take.isPending || preview.isPending}
            onClick={() => read && take.mutate(read.file)}
          >
            Import as a draft
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

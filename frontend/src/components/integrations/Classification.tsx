import { Button, Group, Paper, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ConnectionReply } from '#backend/schemas/api.ts';
import { api, type JobTypeKind } from '../../api.ts';
import { countOf } from '../../money.ts';
import { notifyDone } from '../common/notify.tsx';
import { JobTypeKinds } from './JobTypeKinds.tsx';

interface ClassificationProps {
  connectionId: string;
  jobTypes: ConnectionReply['jobTypes'];
  readOnly: boolean;
}

/** Lets an administrator say what each job type means. */
export function Classification({ connectionId, jobTypes, readOnly }: ClassificationProps) {
  const [changed, setChanged] = useState<ReadonlyMap<number, JobTypeKind>>(new Map());
  const queryClient = useQueryClient();
  const stored = new Map(jobTypes.flatMap(({ id, kind }) => (kind ? [[id, kind] as const] : [])));
  const touched = jobTypes.filter(({ id }) => changed.has(id) && changed.get(id) !== stored.get(id));
  const affectedJobs = touched.reduce((sum, { jobs }) => sum + jobs, 0);
  const save = useMutation({
    // The whole list, so that the choice does not depend on whether the server merges or replaces.
    mutationFn: () =>
      api.classify(
        connectionId,
        [...new Map([...stored, ...changed])].map(([jobTypeId, kind]) => ({ jobTypeId, kind })),
      ),
    onSuccess: async () => {
      notifyDone('The job types are saved; the states follow.');
      await queryClient.invalidateQueries();
      setChanged(new Map());
    },
  });
  const unclassifiedFirst = jobTypes.toSorted((a, b) => Number(stored.has(a.id)) - Number(stored.has(b.id)));
  return (
    <Paper component="section" aria-label="Job types" style={{ overflow: 'hidden' }}>
      <Group justify="space-between" p="lg" gap="sm">
        <div>
          <Title order={2} size="md">
            Job types
          </Title>
          <Text size="sm" c="dimmed">
            {touched.length > 0
              ? `${countOf(touched.length, 'change')} touching ${countOf(affectedJobs, 'job')}. No e-mail is sent because of it.`
              : 'What a job type means decides the state of its customers.'}
          </Text>
          {save.error ? (
            <Text size="sm" c="var(--chou-bad)" role="alert">
              {save.error.message}
            </Text>
          ) : null}
        </div>
        {readOnly ? null : (
          <Button
            size="xs"
            disabled={touched.length === 0}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            Save job types
          </Button>
        )}
      </Group>
      <JobTypeKinds
        jobTypes={unclassifiedFirst}
        kinds={new Map([...stored, ...changed])}
        readOnly={readOnly}
        onChange={(jobTypeId, kind) => setChanged(new Map([...changed, [jobTypeId, kind]]))}
      />
    </Paper>
  );
}

import { Button, Group, Skeleton, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import { api } from '../../api.ts';
import { queries } from '../../queries.ts';
import { notifyDone, notifyError } from '../common/notify.tsx';
import { QueryView } from '../common/QueryView.tsx';
import type { Integrations } from './catalogue.ts';
import { DiffDetails } from './DiffDetails.tsx';
import { diffPicture, diffWords } from './diffWords.ts';
import styles from './FlowBuilder.module.css';
import { FlowPicture } from './FlowPicture.tsx';
import { noOverlay } from './nodeView.ts';

export type EarlierRef = { kind: 'version'; number: number } | { kind: 'checkpoint'; id: string };

interface CompareViewProps {
  flowId: string;
  earlier: EarlierRef;
  draft: DraftGraph;
  integrations: Integrations;
  canEdit: boolean;
  /** Saves what is not saved yet; answers the draft's revision. */
  flush: () => Promise<number>;
  onRestored: () => void;
  onClose: () => void;
}

export function keyOfEarlier(earlier: EarlierRef): string {
  return earlier.kind === 'version' ? `version ${earlier.number}` : `checkpoint ${earlier.id}`;
}

interface Earlier {
  title: string;
  graph: DraftGraph;
  restore: { versionId: string } | { checkpointId: string };
}

interface EarlierQuery {
  data: Earlier | undefined;
  error: Error | null;
  refetch: () => unknown;
}

function useEarlier(flowId: string, earlier: EarlierRef): EarlierQuery {
  const version = useQuery({
    ...queries.version(flowId, earlier.kind === 'version' ? earlier.number : 0),
    enabled: earlier.kind === 'version',
  });
  const checkpoint = useQuery({
    ...queries.checkpoint(flowId, earlier.kind === 'checkpoint' ? earlier.id : ''),
    enabled: earlier.kind === 'checkpoint',
  });
  if (earlier.kind === 'version') {
    const data = version.data && {
      title: `Version ${version.data.version.number}`,
      graph: version.data.graph,
      restore: { versionId: version.data.version.id },
    };
    return { data, error: version.error, refetch: version.refetch };
  }
  const data = checkpoint.data && {
    title: 'The checkpoint',
    graph: checkpoint.data.graph,
    restore: { checkpointId: checkpoint.data.checkpoint.id },
  };
  return { data, error: checkpoint.error, refetch: checkpoint.refetch };
}

/** The draft beside an earlier state of the flow, in one picture. */
export function CompareView(props: CompareViewProps) {
  const query = useEarlier(props.flowId, props.earlier);
  return (
    <QueryView query={query} skeleton={<Skeleton height="100%" />}>
      {(data) => <Comparison {...props} {...data} />}
    </QueryView>
  );
}

type ComparisonProps = CompareViewProps & Earlier;

function Comparison(props: ComparisonProps) {
  const { flowId, title, graph, draft, restore, integrations, canEdit, flush, onRestored, onClose } = props;
  const picture = useMemo(() => diffPicture(graph, draft), [graph, draft]);
  const overlay = useMemo(() => ({ ...noOverlay, marks: picture.marks }), [picture]);
  const replace = useMutation({
    mutationFn: async () => {
      const draftRevision = await flush();
      const restored = await api.restoreDraft(flowId, { draftRevision, ...restore });
      return { isOther: restored.draftRevision !== draftRevision };
    },
    onSuccess: ({ isOther }) => {
      notifyDone(
        isOther
          ? `${title} is the draft now. What the draft was is kept as a checkpoint.`
          : `The draft was the same already: nothing changed.`,
      );
      onRestored();
    },
    onError: (error) => notifyError(`${title} could not be restored`, error),
  });
  return (
    <div className={styles.compare}>
      <Group className={styles.banner ?? ''} justify="space-between" role="status">
        <Text size="sm">
          <strong>{title} and the draft.</strong> Since then: {diffWords(picture.diff)}
        </Text>
        <Group gap="sm">
          {canEdit ? (
            <Button size="xs" loading={replace.isPending} onClick={() => replace.mutate()}>
              Restore {title.toLowerCase()}
            </Button>
          ) : null}
          <Button size="xs" variant="default" onClick={onClose}>
            Back to the draft
          </Button>
        </Group>
      </Group>
      <DiffDetails diff={picture.diff} graph={picture.graph} integrations={integrations} />
      <div className={styles.compareCanvas}>
        <FlowPicture
          graph={picture.graph}
          integrations={integrations}
          overlay={overlay}
          dimEdges={picture.dimEdges}
        />
      </div>
    </div>
  );
}

import { Skeleton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { QueryView } from '../components/common/QueryView.tsx';
import { FlowBuilder } from '../components/flow-builder/FlowBuilder.tsx';
import { queries } from '../queries.ts';

/** Builds one flow. */
export function FlowScreen() {
  const { flowId = '' } = useParams();
  const queryClient = useQueryClient();
  const flow = useQuery(queries.flow(flowId));
  const integrations = useQuery(queries.integrations());
  const [opening, setOpening] = useState(0);
  const skeleton = <Skeleton height="70dvh" m="lg" radius="lg" />;
  const reload = async () => {
    await queryClient.refetchQueries({ queryKey: ['flow', flowId] });
    setOpening((count) => count + 1);
  };
  return (
    <QueryView query={flow} skeleton={skeleton}>
      {(data) => (
        <QueryView query={integrations} skeleton={skeleton}>
          {(catalogue) => (
            <FlowBuilder
              key={`${flowId} ${opening}`}
              flow={data}
              integrations={catalogue.integrations}
              onReload={() => void reload()}
            />
          )}
        </QueryView>
      )}
    </QueryView>
  );
}

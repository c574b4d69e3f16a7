import { Button, Group, NumberInput, SegmentedControl, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import type { TriedMessage, TryReply } from '#backend/schemas/flowApi.ts';
import type { FutureEvent } from '#backend/schemas/future.ts';
import { queries } from '../../../queries.ts';
import { QueryView } from '../../common/QueryView.tsx';
import { RowsSkeleton } from '../../common/RowsSkeleton.tsx';
import { CustomerSelect } from '../forms/CustomerSelect.tsx';
import { FutureEditor } from './FutureEditor.tsx';
import { MessagePreview } from './MessagePreview.tsx';
import { TryTimeline } from './TryTimeline.tsx';

interface TryPanelProps {
  flowId: string;
  graph: DraftGraph;
  journeyId: string | null;
  onCustomer: (journeyId: string) => void;
  /** What of the passage is to be seen on the canvas; null: nothing. */
  onShow: (shown: { reply: TryReply; count: number } | null) => void;
  onSelect: (nodeId: string) => void;
}

type Mode = 'steps' | 'time';

/** Leads a real customer through the flow as it is on the screen; nothing is sent, nothing is written. */
export function TryPanel({ flowId, graph, journeyId, onCustomer, onShow, onSelect }: TryPanelProps) {
  const [mode, setMode] = useState<Mode>('steps');
  const [future, setFuture] = useState<FutureEvent[]>([]);
  const [days, setDays] = useState(120);
  const [count, setCount] = useState(1);
  const [message, setMessage] = useState<TriedMessage | null>(null);
  const question = { graph, journeyId: journeyId ?? '', future: mode === 'time' ? future : [], days };
  const [asked] = useDebouncedValue(question, 400);
  const tried = useQuery({ ...queries.tryFlow(flowId, asked), enabled: asked.journeyId !== '' });
  const reply = journeyId === null ? undefined : tried.data;
  const shownCount =
    mode === 'steps' ? Math.min(count, reply?.steps.length ?? 0) : (reply?.steps.length ?? 0);

  const show = useEffectEvent((shown: TryReply | undefined, steps: number) =>
    onShow(shown ? { reply: shown, count: steps } : null),
  );
  useEffect(() => show(reply, shownCount), [reply, shownCount]);
  const hide = useEffectEvent(() => onShow(null));
  useEffect(() => () => hide(), []);
  const next = reply?.steps[shownCount - 1]?.nodeId;
  const follow = useEffectEvent((nodeId: string) => onSelect(nodeId));
  useEffect(() => {
    if (mode === 'steps' && next !== undefined) follow(next);
  }, [mode, next]);

  return (
    <>
      <Title order={2} size="md">
        Test before it is live
      </Title>
      <Text size="sm" c="dimmed">
        A real customer goes through the flow as it is on the screen. Nothing is sent and nothing is changed.
      </Text>
      <CustomerSelect
        label="Customer"
        chosenName={reply?.customerName ?? null}
        onChoose={(customer) => {
          setCount(1);
          onCustomer(customer.journeyId);
        }}
      />
      <SegmentedControl
        aria-label="How to test"
        data={[
          { value: 'steps', label: 'Step by step' },
          { value: 'time', label: 'Time travel' },
        ]}
        value={mode}
        onChange={(chosen) => {
          setMode(chosen === 'time' ? 'time' : 'steps');
          setCount(1);
        }}
      />
      {mode === 'time' ? (
        <>
          <FutureEditor future={future} onChange={setFuture} />
          <NumberInput
            label="Look ahead"
            suffix=" days"
            min={1}
            max={3660}
            value={days}
            onChange={(value) => Number(value) >= 1 && setDays(Number(value))}
          />
        </>
      ) : null}
      {journeyId === null ? (
        <Text size="sm">Choose a customer to begin.</Text>
      ) : (
        <QueryView query={tried} skeleton={<RowsSkeleton rows={5} height={40} />}>
          {(data) => (
            <>
              <TryTimeline reply={data} count={shownCount} onSelect={onSelect} onMessage={setMessage} />
              {mode === 'steps' ? (
                <Group gap="sm">
                  <Button
                    size="xs"
                    disabled={shownCount >= data.steps.length}
                    onClick={() => setCount(shownCount + 1)}
                  >
                    Next step
                  </Button>
                  <Button
                    size="xs"
                    variant="default"
                    disabled={shownCount <= 1}
                    onClick={() => setCount(shownCount - 1)}
                  >
                    Back
                  </Button>
                  <Button size="xs" variant="subtle" onClick={() => setCount(data.steps.length)}>
                    To the end
                  </Button>
                </Group>
              ) : null}
            </>
          )}
        </QueryView>
      )}
      {message ? <MessagePreview message={message} onClose={() => setMessage(null)} /> : null}
    </>
  );
}

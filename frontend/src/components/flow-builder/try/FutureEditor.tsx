import { ActionIcon, Button, NumberInput, Select } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { FutureEvent } from '#backend/schemas/future.ts';
import { stateNumbers, stateTitles } from '#backend/schemas/state.ts';
import { placed } from '../../common/placed.ts';
import forms from '../forms/forms.module.css';
import styles from './try.module.css';
import { dayOf, futureTitles, isFutureType, newEvent } from './futureEdits.ts';

interface FutureEditorProps {
  future: FutureEvent[];
  onChange: (future: FutureEvent[]) => void;
}

/** What happens to the customer while the flow runs. */
export function FutureEditor({ future, onChange }: FutureEditorProps) {
  const change = (index: number, event: FutureEvent | null) =>
    onChange(future.flatMap((each, at) => (at === index ? (event ?? []) : each)));
  return (
    <fieldset className={forms.fieldset}>
      <legend>What happens meanwhile</legend>
      {placed(future).map(({ key, at, thing: event }) => (
        <EventFields key={key} place={at + 1} event={event} onChange={(next) => change(at, next)} />
      ))}
      <Button
        size="compact-xs"
        variant="default"
        style={{ alignSelf: 'start' }}
        leftSection={<IconPlus size={13} aria-hidden />}
        onClick={() =>
          onChange([...future, newEvent('estimate_sold', (future.at(-1)?.afterHours ?? 96) + 24)])
        }
      >
        Add an event
      </Button>
    </fieldset>
  );
}

interface EventFieldsProps {
  place: number;
  event: FutureEvent;
  onChange: (event: FutureEvent | null) => void;
}

function EventFields({ place, event, onChange }: EventFieldsProps) {
  const { day, hour } = dayOf(event.afterHours);
  const number = (value: string | number) => Math.max(0, Number(value) || 0);
  return (
    <div className={styles.event}>
      <Select
        size="xs"
        aria-label={`Event ${place}: what happens`}
        data={Object.entries(futureTitles).map(([value, label]) => ({ value, label }))}
        value={event.type}
        onChange={(type) => isFutureType(type) && onChange(newEvent(type, event.afterHours))}
        allowDeselect={false}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size={30}
        className={styles.beside ?? ''}
        aria-label={`Remove event ${place}`}
        onClick={() => onChange(null)}
      >
        <IconTrash size={15} />
      </ActionIcon>
      <div className={forms.pair}>
        <NumberInput
          size="xs"
          aria-label={`Event ${place}: on day`}
          prefix="Day "
          min={0}
          max={3660}
          value={day}
          onChange={(value) => onChange({ ...event, afterHours: number(value) * 24 + hour })}
        />
        <NumberInput
          size="xs"
          aria-label={`Event ${place}: hours into the day`}
          prefix="+ "
          suffix=" h"
          min={0}
          max={23.99}
          value={hour}
          onChange={(value) => onChange({ ...event, afterHours: day * 24 + number(value) })}
        />
      </div>
      <EventDetails place={place} event={event} onChange={onChange} />
    </div>
  );
}

function EventDetails({ place, event, onChange }: EventFieldsProps) {
  switch (event.type) {
    case 'state_entered':
      return (
        <Select
          size="xs"
          aria-label={`Event ${place}: which state`}
          data={stateNumbers.map((state) => ({ value: String(state), label: stateTitles[state] }))}
          value={String(event.state)}
          onChange={(chosen) => {
            const state = stateNumbers.find((each) => String(each) === chosen);
            if (state !== undefined) onChange({ ...event, state });
          }}
          allowDeselect={false}
        />
      );
    case 'estimate_created':
      return (
        <NumberInput
          size="xs"
          aria-label={`Event ${place}: total of the estimate`}
          prefix="$"
          thousandSeparator=","
          min={1}
          value={event.total}
          onChange={(value) => Number(value) > 0 && onChange({ ...event, total: Number(value) })}
        />
      );
    case 'appointment_set':
      return (
        <NumberInput
          size="xs"
          aria-label={`Event ${place}: the appointment is so many hours later`}
          prefix="It is "
          suffix=" h later"
          min={0}
          value={event.startsAfterHours - event.afterHours}
          onChange={(value) =>
            onChange({ ...event, startsAfterHours: event.afterHours + (Number(value) || 0) })
          }
        />
      );
    case 'estimate_sold':
    case 'appointment_canceled':
    case 'job_completed':
    case 'replied':
    case 'unsubscribed':
      return null;
  }
}

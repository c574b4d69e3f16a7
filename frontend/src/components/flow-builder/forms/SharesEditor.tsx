import { ActionIcon, Button, Group, NumberInput, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { evenShares, newShareId, readShares, sumOf, type ShareDraft } from './shareEdits.ts';
import styles from './forms.module.css';

interface SharesEditorProps {
  label: string;
  error?: string | undefined;
  value: unknown;
  onChange: (shares: ShareDraft[]) => void;
  readOnly: boolean;
}

/** The ways of a split with their parts of a hundred. */
export function SharesEditor({ label, error, value, onChange, readOnly }: SharesEditorProps) {
  const shares = readShares(value);
  const sum = sumOf(shares);
  const change = (index: number, part: Partial<ShareDraft>) =>
    onChange(shares.map((share, at) => (at === index ? { ...share, ...part } : share)));
  return (
    <fieldset className={styles.fieldset} disabled={readOnly}>
      <legend>{label}</legend>
      {shares.map((share, index) => (
        <div key={share.id} className={styles.share}>
          <TextInput
            aria-label={`Name of way ${index + 1}`}
            value={share.title}
            maxLength={40}
            onChange={(event) => change(index, { title: event.currentTarget.value })}
          />
          <NumberInput
            aria-label={`Share of ${share.title || `way ${index + 1}`}`}
            suffix=" %"
            min={0}
            max={100}
            value={share.percent}
            onChange={(given) => change(index, { percent: Number(given) || 0 })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            disabled={shares.length <= 2}
            aria-label={`Remove ${share.title || `way ${index + 1}`}`}
            onClick={() => onChange(shares.filter((_, at) => at !== index))}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </div>
      ))}
      <Text size="xs" c={sum === 100 ? 'dimmed' : 'var(--chou-bad)'} role="status">
        Together {sum} %{sum === 100 ? '' : ': they must add up to 100 %.'}
      </Text>
      {error && sum === 100 ? (
        <Text size="xs" c="var(--chou-bad)">
          {error}
        </Text>
      ) : null}
      <Group gap="sm">
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={13} aria-hidden />}
          disabled={shares.length >= 8}
          onClick={() =>
            onChange([
              ...shares,
              { id: newShareId(shares), title: String.fromCodePoint(65 + shares.length), percent: 0 },
            ])
          }
        >
          Add a way
        </Button>
        <Button size="compact-xs" variant="subtle" onClick={() => onChange(evenShares(shares))}>
          Share evenly
        </Button>
      </Group>
    </fieldset>
  );
}

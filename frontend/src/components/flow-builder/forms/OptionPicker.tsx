import { ActionIcon, MultiSelect, Select, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { OptionKind } from '#backend/schemas/conditions.ts';
import type { OptionsReply } from '#backend/schemas/flowApi.ts';
import { api } from '../../../api.ts';
import { queries } from '../../../queries.ts';
import { notifyDone, notifyError } from '../../common/notify.tsx';
import { idsOf, optionItems } from './optionItems.ts';

type Id = string | number;

interface OptionPickerProps {
  kind: OptionKind;
  label: string;
  description?: ReactNode;
  error?: ReactNode;
  name?: string;
  disabled?: boolean;
  isMany: boolean;
  /** Small, its label for screen readers only. */
  isBare?: boolean;
  value: readonly Id[];
  onChange: (value: Id[]) => void;
}

const ownKinds: ReadonlySet<OptionKind> = new Set(['connections', 'flows', 'members']);
/** Known by their names: whoever cannot choose has nothing to read of them. */
const namedKinds: ReadonlySet<OptionKind> = new Set(['employees', 'task_types', 'task_sources']);
const wordsOf: Partial<Record<OptionKind, string>> = {
  connections: 'tenants',
  job_types: 'job types',
  business_units: 'business units',
  tag_types: 'tags',
  campaigns: 'campaigns',
  technicians: 'technicians',
  task_types: 'kinds of tasks',
  task_sources: 'sources of tasks',
  flows: 'flows',
  members: 'members',
};

function kindWords(kind: OptionKind): string {
  return wordsOf[kind] ?? kind.replaceAll('_', ' ');
}

function failureWords(words: string, error: Error | null, unanswered: OptionsReply['unanswered']) {
  if (error) return `The ${words} could not be read: ${error.message}`;
  const [first] = unanswered;
  if (!first) return undefined;
  const names = unanswered.map(({ connectionName }) => connectionName).join(' and ');
  return `The ${words} of ${names} are missing: ${first.message}`;
}

/** Chooses by name from a list of the tenants' or the workspace's own. */
export function OptionPicker(props: OptionPickerProps) {
  const { kind, isMany, isBare = false, value, onChange, label, ...look } = props;
  const isNamed = namedKinds.has(kind);
  const query = useQuery({ ...queries.options(kind), enabled: !(isNamed && look.disabled) });
  const { options = [], unanswered = [] } = query.data ?? {};
  // Until the names are here, what is chosen is not said to be gone.
  const items = query.data
    ? optionItems(options, value, unanswered.length === 0)
    : value.map((id) => ({ value: String(id), label: isNamed || query.error ? String(id) : '…' }));
  const words = kindWords(kind);
  const common = {
    ...look,
    ...(isBare ? { 'aria-label': label, size: 'xs' } : { label }),
    data: items,
    searchable: true,
    withAsterisk: false,
    limit: 200,
    error: look.error ?? failureWords(words, query.error, unanswered),
    nothingFoundMessage: query.isPending ? 'Reading the names…' : `No ${words} of that name`,
  };
  const side =
    ownKinds.has(kind) || look.disabled ? {} : { rightSection: <Refresh kind={kind} words={words} /> };
  const shown = value.map(String);
  return isMany ? (
    <MultiSelect
      {...common}
      {...side}
      placeholder={shown.length === 0 ? `Choose ${words}` : ''}
      hidePickedOptions
      value={shown}
      onChange={(chosen) => onChange(idsOf(chosen, options))}
    />
  ) : (
    <Select
      {...common}
      {...side}
      placeholder={`Choose from the ${words}`}
      value={shown[0] ?? null}
      onChange={(chosen) => onChange(chosen === null ? [] : idsOf([chosen], options))}
    />
  );
}

function Refresh({ kind, words }: { kind: OptionKind; words: string }) {
  const queryClient = useQueryClient();
  const refresh = useMutation({
    mutationFn: () => api.refreshOptions(kind),
    onSuccess: async ({ started }) => {
      notifyDone(started === 0 ? `The ${words} are up to date.` : `The ${words} are being read again.`);
      await queryClient.invalidateQueries({ queryKey: ['options', kind] });
    },
    onError: (error) => notifyError(`The ${words} could not be read again`, error),
  });
  const label = `Read the ${words} again`;
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={label}
        loading={refresh.isPending}
        onClick={() => refresh.mutate()}
      >
        <IconRefresh size={15} />
      </ActionIcon>
    </Tooltip>
  );
}
